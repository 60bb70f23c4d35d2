using System.Text.Json;
using System.Text.Json.Nodes;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Export;
using CacheFunctions.Events;
using CacheFunctions.Files;
using CacheFunctions.Sessions;

namespace CacheFunctions.OpenApi;

/// <param name="Type">As JSON Schema names it; null: only the field's own type says it.</param>
/// <param name="Example">A right value.</param>
internal sealed record Name(string? Type, string Description, JsonNode? Example = null)
{
    public IReadOnlyList<string>? Words { get; init; }

    public string? Format { get; init; }

    public JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = Type ?? "string" };
        if (Format is not null) schema["format"] = Format;
        if (Words is not null) schema["enum"] = new JsonArray([.. Words.Select(word => (JsonNode)word)]);
        return schema;
    }
}

/// <summary>
/// What each name of a parameter, header or field means: the same wherever it stands, but for what a function says for itself. One that is not
/// here cannot be described, which a test tells.
/// </summary>
internal static class Names
{
    private static readonly Dictionary<string, Name> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["after"] = Text("The cursor of the last event that was seen: those after it are sent."),
        ["add"] = Text("Files to cache, each as the body of POST /api/cached/files."),
        ["attribution_reason"] = Text("Why this user wants it; up to 200 characters.", "wanted"),
        ["cache_content"] = Flag("false: it is not kept in the instance's memory.", true),
        ["cached_path"] = Text("An existing copy that is recorded; nothing is copied.", "/cache/movie.mkv"),
        ["cached_since"] = Time("Only what was cached then or later."),
        ["cache_method"] = Words<CacheMethod>("How it is cached; left out, as Cache:CopyMode says. copy, symlink and hardlink are upgraded to the atomic ones.", "copy", "symlink", "hardlink"),
        ["compress"] = Flag("Kept compressed where that is smaller.", false),
        ["consistent"] = Flag("true: every shard is asked for what other instances did a moment ago.", false),
        ["content_type"] = Text("The media type; application/octet-stream, if nothing is said.", "image/jpeg"),
        ["create"] = Flag("Whether the file need not exist yet.", false),
        ["cursor"] = Text("Where the page before ended, as it said; left out: from the beginning."),
        ["days"] = Number("How many last days count.", 30),
        ["days_to_keep"] = Number("For how many days removed files are kept; 0 to 36,500.", 30),
        ["domain"] = Text("An application's own part of the store.", "social"),
        ["dry_run"] = Flag("true: it is told what would be done, and nothing is.", true),
        ["encrypt"] = Flag("false: stored as it comes.", true),
        ["expires_in"] = Number("For how many seconds the address is good.", 3600),
        ["file_id"] = new("string", "A cached file.", "7f1f4f0a-33a1-5d66-9d43-0ad1ea4d1b6f") { Format = "uuid" },
        ["file_path"] = Text("A file of an origin, or of the default one.", "documents/notes.txt"),
        ["filename"] = Text("The file's name in its domain; may have folders.", "avatars/7.jpg"),
        ["format"] = Words<ExportFormat>("The form of the download; csv, if nothing is said."),
        ["from_origin"] = Text("A folder of an origin whose files are brought first.", "/mnt/nas/documents"),
        ["include_metadata"] = Flag("Whether metadata are in it.", false),
        ["include_removed"] = Flag("Whether removed files are in it.", false),
        ["items"] = Text("What to bring: folders or files of origins."),
        ["job_id"] = Text("A job.", "0199a7c0b7e34e6f8a64c8f5b7d1a2e3"),
        ["level"] = Words<StorageLevel>("app: shared; user: one user's own."),
        ["limit"] = Number("How many at most. Each call has its own largest value, which a refusal names.", 50),
        ["lock"] = Flag("Whether the session takes the lock too.", false),
        ["manifest"] = Text("A JSON file of an origin that lists the items.", "/mnt/nas/warm.json"),
        ["max_age_minutes"] = Number("Sessions that nobody used for so long; 1 to 525,600.", 60),
        ["max_bytes"] = Number("The quota, in bytes.", 1 << 30),
        ["max_bytes_per_second"] = Number("The bandwidth; left out: as fast as it goes.", 1_000_000),
        ["max_keys"] = Number("How many at most, up to 5,000.", 1000),
        ["metadata"] = new(null, "A JSON object of the caller's own.", new JsonObject { ["author"] = "Zoë" }),
        ["name"] = Text("A file of the dashboard.", "app.js"),
        ["nas_file_path"] = Text("The file as the NAS knows it; left out: file_path in the default origin.", "/mnt/nas/documents/notes.txt"),
        ["offset"] = Number("How many to pass over, up to 100,000.", 0),
        ["on_conflict"] = Words<OnConflict>("What to do when the origin was changed meanwhile; fail, if nothing is said."),
        ["operation"] = Words<CacheTrigger>("Another name of triggered_by_operation."),
        ["operation_type"] = Text("Only operations of this type.", "session_created"),
        ["origin"] = Text("An origin's name.", "nas"),
        ["original_path"] = Text("The file in its origin; left out: file_path.", "/mnt/nas/movies/movie.mkv"),
        ["path"] = Text("A path: of a directory, or of a file in one.", "downloads/album"),
        ["pin"] = Text("Files to pin: ids."),
        ["policies"] = Text("Which eviction policies; left out: all."),
        ["prefix"] = Text("Only files whose names begin so.", "avatars/"),
        ["q"] = Text("What to find: a part of a name or path, in any case.", "movie"),
        ["reason"] = Text("Why, for the log; up to 200 characters.", "manual"),
        ["remove"] = Text("Files to remove: ids, or objects with id and reason."),
        ["remove_files"] = Flag("Whether the files go too.", false),
        ["remove_orphaned"] = Flag("Whether orphaned files are removed.", false),
        ["search"] = Text("Only files with this in their name or path.", "movie"),
        ["session_id"] = Text("A session.", "206e6caa8765166a851f04fe8dd85f30ce"),
        ["sha256"] = Text("The content's SHA-256, in hex.", "e0caefe9dbd4bc56e05b379569210b208444c5bea7daadb72ef64641b8df767f"),
        ["since"] = Time("Only what happened then or later."),
        ["size_bytes"] = Number("How many bytes it has.", 10),
        ["size_max"] = Number("Only files of at most so many bytes.", 5_000_000_000),
        ["size_min"] = Number("Only files of at least so many bytes.", 0),
        ["sort"] = Text("By what; - before it for descending.", "-cached_at"),
        ["staged"] = Flag("true: the file is there only once the upload is committed.", false),
        ["state"] = Words<SessionState>("Only sessions in this state."),
        ["status"] = Words<FileStatus>("Only files of this status."),
        ["sync_before_cleanup"] = Flag("false: unsynced work is given up.", true),
        ["triggered_by_operation"] = Words<CacheTrigger>("What made it be cached."),
        ["ttl_seconds"] = Number("For how long; 5 to 86,400.", 300),
        ["SearchCachedFiles type"] = Words<SearchType>("Where to look."),
        ["StreamCacheEvents type"] = Text($"Only events of these types, with commas between: {string.Join(", ", WordsOf<EventType>())}."),
        ["type"] = Text("What kind of event it is.", "Microsoft.Storage.BlobCreated"),
        ["unpin"] = Text("Files to unpin: ids."),
        ["upload_id"] = Text("An upload, as it was given.", "5f0c3d2e8a1b4c6d9e7f00112233445"),
        ["use_cache"] = Flag("false: storage itself is asked.", true),
        ["user_id"] = Text("A user; text or a number.", "7"),
        ["version"] = Number("A version, from 1.", 1),

        ["specversion"] = Text("1.0.", "1.0"),
        ["id"] = Text("Whose it is: the event's, or the thing's.", "e1"),
        ["source"] = Text("Where the event comes from.", "/subscriptions/s/storageAccounts/a"),
        ["subject"] = Text("What the event is about.", "/blobServices/default/containers/directories/blobs/downloads/album/_SUCCESS"),
        ["time"] = Time("When it happened."),
        ["data"] = new(null, "What belongs to it."),
        ["from"] = Text("A folder or file of an origin.", "/mnt/nas/documents"),

        ["se"] = Text("Of a signed address: until when it is good."),
        ["sig"] = Text("Of a signed address: the signature."),
        ["sk"] = Text("Of a signed address: the key."),
        ["su"] = Text("Of a signed address: the user."),
        ["sv"] = Text("Of a signed address: the version."),

        ["Content-Range"] = Text("Which span is sent.", "bytes 0-4/*"),
        ["Content-Type"] = Text("The media type of what is sent.", "application/offset+octet-stream"),
        ["Idempotency-Key"] = Text("Under which the request may come again without a second effect.", "b2c1f0"),
        ["If-Match"] = Text("Only if it is still this version.", "\"e0caefe9\""),
        ["If-Modified-Since"] = Text("304 if it was not changed since."),
        ["If-None-Match"] = Text("304 if it is still this version; of a PUT *: only if it is not there.", "\"e0caefe9\""),
        ["If-Range"] = Text("The range only if it is still this version."),
        ["If-Unmodified-Since"] = Text("412 if it was changed since."),
        ["Last-Event-ID"] = Text("The last event that was seen: those after it are sent."),
        ["Range"] = Text("Which bytes.", "bytes=0-99"),
        ["Tus-Resumable"] = Text("1.0.0.", "1.0.0"),
        ["Upload-Checksum"] = Text("Of the piece that is sent, as tus 1.0 has it."),
        ["Upload-Length"] = Number("How many bytes the whole has.", 6),
        ["Upload-Metadata"] = Text("Names and their values in base64, as tus 1.0 has it.", "filename YS50eHQ=,domain YmxvZw==,level YXBw"),
        ["Upload-Offset"] = Number("How many bytes are there already.", 0),
        ["WebHook-Request-Origin"] = Text("Who asks whether it may send.", "eventgrid.azure.net"),
        ["WebHook-Request-Rate"] = Text("How many events a minute it would send."),
        ["X-Fence"] = Number("The fence of the lock that the caller holds.", 1),
        ["x-meta-*"] = Text("Metadata, a header each."),
        ["x-metadata"] = Text("Metadata as one JSON object, percent-encoded.", "%7B%22author%22%3A%22Zo%C3%AB%22%7D"),
        ["x-visibility"] = Words<FileVisibility>("domain: other users may read it."),
    };

    /// <exception cref="InvalidOperationException">It is not described.</exception>
    public static Name Of(string function, string name) => Find($"{function} {name}") ?? Find(name) ?? throw new InvalidOperationException($"'{name}' has no description: add it to {nameof(Names)}.");

    public static Name? Find(string name) => All.GetValueOrDefault(name);

    private static Name Text(string description, string? example = null) => new("string", description, example);

    private static Name Number(string description, long example) => new("integer", description, example);

    private static Name Flag(string description, bool example) => new("boolean", description, example);

    private static Name Time(string description) => new("string", description, "2026-01-31T09:05:00Z") { Format = "date-time" };

    private static Name Words<T>(string description, params string[] others) where T : struct, Enum
    {
        string[] words = [.. WordsOf<T>(), .. others];
        return new("string", description, words[0]) { Words = words };
    }

    private static IEnumerable<string> WordsOf<T>() where T : struct, Enum =>
        Enum.GetValues<T>().Select(word => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString()));
}
