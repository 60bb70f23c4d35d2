namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>What the values of a position are, which decides which hazards are certainly wrong there.</summary>
internal enum Kind
{
    /// <summary>A name or a word that nobody checks against a list.</summary>
    Text,
    Path,

    /// <summary>A path at which nothing is looked when the file is cached already, so that links go unnoticed.</summary>
    UnreadPath,

    /// <summary>Of the service's own store, where every name is a name and no link leads out.</summary>
    StorePath,
    Number,

    /// <summary>A number that may be anything from 0.</summary>
    Size,
    Flag,

    /// <summary>A JSON object; an empty one is right.</summary>
    JsonObject,

    /// <summary>A JSON list; an empty one may be right.</summary>
    List,
    Time,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>Made by the service, which knows its own only.</summary>
    Id,

    /// <summary>Opaque, and made by the service too; but another list's may by chance be one of this list's.</summary>
    Cursor,
    Fence,
    EntityTags,
    ContentRange,
    RequestKey,

    Range,

    /// <summary>HTTP says that what cannot be understood here is ignored.</summary>
    Lenient,
}

/// <param name="Value">A right value on a stage; null: valid requests leave it out.</param>
internal sealed record Sample(Kind Kind, Func<Stage, string>? Value = null)
{
    /// <summary>Whether many a text is right there, so that it matters which.</summary>
    public bool TakesText => Kind is Kind.Text or Kind.Path or Kind.UnreadPath or Kind.StorePath or Kind.Cursor or Kind.Lenient;
}

/// <summary>
/// A right value for every name of a route parameter, query parameter, header and body field. An endpoint that brings a
/// new name adds its row here, and is in the matrix with it.
/// </summary>
internal static class Samples
{
    private static readonly Dictionary<string, Sample> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["add"] = new(Kind.List),
        ["after"] = new(Kind.Cursor),
        ["attribution_reason"] = new(Kind.Text, _ => "wanted"),
        ["cached_since"] = new(Kind.Time, _ => "2026-01-31"),
        ["cache_method"] = new(Kind.Word, _ => "atomic_copy"),
        ["cached_path"] = new(Kind.UnreadPath),
        ["consistent"] = new(Kind.Flag, _ => "false"),
        ["create"] = new(Kind.Flag, _ => "false"),
        ["cursor"] = new(Kind.Cursor),
        ["days"] = new(Kind.Number, _ => "30"),
        ["days_to_keep"] = new(Kind.Size, _ => "36500"),
        ["dry_run"] = new(Kind.Flag, _ => "true"),
        ["file_id"] = new(Kind.Id, stage => stage.FileId),
        ["file_path"] = new(Kind.Path, stage => stage.FilePath),
        ["format"] = new(Kind.Word, _ => "csv"),
        ["include_metadata"] = new(Kind.Flag, _ => "true"),
        ["include_removed"] = new(Kind.Flag, _ => "true"),
        ["job_id"] = new(Kind.Id, stage => stage.JobId),
        ["limit"] = new(Kind.Number, _ => "10"),
        ["lock"] = new(Kind.Flag, _ => "false"),
        ["max_age_minutes"] = new(Kind.Number, _ => "60"),
        ["metadata"] = new(Kind.Text),
        // Where it is given, file_path is only a name, of which much more is right.
        ["nas_file_path"] = new(Kind.Path),
        ["offset"] = new(Kind.Size, _ => "0"),
        ["on_conflict"] = new(Kind.Word, _ => "fail"),
        ["operation"] = new(Kind.Word),
        ["operation_type"] = new(Kind.Text, _ => "session_created"),
        ["origin"] = new(Kind.Id, _ => "nas"),
        ["original_path"] = new(Kind.UnreadPath),
        ["path"] = new(Kind.Path, _ => "folder"),
        ["pin"] = new(Kind.List, stage => $"[\"{stage.FileId}\"]"),
        ["from_origin"] = new(Kind.Path),
        // Not a job for every request of the matrix.
        ["POST /cache/register/{*path:minlength(1)} compress"] = new(Kind.Flag, _ => "false"),
        ["remove_files"] = new(Kind.Flag, _ => "false"),
        ["POST /cache/register/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory),
        ["GET /cache/directories/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory),
        ["DELETE /cache/directories/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory),
        ["PUT /cache/pins/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory),
        ["DELETE /cache/pins/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory),
        ["GET /cache/content/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory + "/file.txt"),
        ["HEAD /cache/content/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory + "/file.txt"),
        ["PUT /cache/content/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory + "/file.txt"),
        ["DELETE /cache/content/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => stage.Directory + "/file.txt"),
        ["GET /cache/operations path"] = new(Kind.StorePath, stage => stage.Directory),
        ["items"] = new(Kind.List, stage => $"[{{\"from\": \"/mnt/nas/{stage.FilePath}\", \"path\": \"warm-{stage.FilePath}/file.txt\"}}]"),
        ["manifest"] = new(Kind.Path),
        ["max_bytes_per_second"] = new(Kind.Number, _ => "1000000"),
        ["policies"] = new(Kind.List, _ => "[\"lru\"]"),
        ["max_bytes"] = new(Kind.Number, _ => "1048576"),
        ["POST /cache/simulate days"] = new(Kind.Number, _ => "7"),
        ["specversion"] = new(Kind.Word, _ => "1.0"),
        ["id"] = new(Kind.Text, _ => "e1"),
        ["source"] = new(Kind.Text, _ => "/subscriptions/s/storageAccounts/a"),
        ["POST /cache/events/storage type"] = new(Kind.Text, _ => "Microsoft.Storage.BlobCreated"),
        ["subject"] = new(Kind.Text, stage => $"/blobServices/default/containers/directories/blobs/{stage.Directory}/file.txt"),
        ["time"] = new(Kind.Time, _ => "2026-01-31T09:05:00Z"),
        ["data"] = new(Kind.Lenient, _ => "{}"),
        ["WebHook-Request-Origin"] = new(Kind.Lenient, _ => "eventgrid.azure.net"),
        ["WebHook-Request-Rate"] = new(Kind.Lenient),
        // A directory's file has a version of its own.
        ["GET /cache/content/{*path:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["HEAD /cache/content/{*path:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["content_type"] = new(Kind.Text, _ => "text/plain"),
        ["expires_in"] = new(Kind.Number, _ => "60"),
        ["level"] = new(Kind.Word, _ => "user"),
        ["staged"] = new(Kind.Flag, _ => "false"),
        ["POST /api/files/commit upload_id"] = new(Kind.Id, stage => stage.UploadId),
        ["GET /api/signed-files/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => $"blog/user/{Stage.User}/{stage.Directory}"),
        ["HEAD /api/signed-files/{*path:minlength(1)} path"] = new(Kind.StorePath, stage => $"blog/user/{Stage.User}/{stage.Directory}"),
        ["GET /api/signed-files/{*path:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["HEAD /api/signed-files/{*path:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["se"] = new(Kind.Id, stage => stage.Signed("se")),
        ["sig"] = new(Kind.Id, stage => stage.Signed("sig")),
        ["sk"] = new(Kind.Id, stage => stage.Signed("sk")),
        ["su"] = new(Kind.Id),
        ["sv"] = new(Kind.Id, stage => stage.Signed("sv")),
        ["Tus-Resumable"] = new(Kind.Word, _ => "1.0.0"),
        ["Upload-Length"] = new(Kind.Size, _ => "5"),
        ["Upload-Offset"] = new(Kind.Size, _ => "0"),
        ["Upload-Metadata"] = new(Kind.Word, stage => Uploads.TusClient.Metadata(("session_id", stage.SessionId))),
        // With it, a body that breaks off changes nothing.
        ["Upload-Checksum"] = new(Kind.Word, _ => $"sha256 {Stage.ContentSha256}"),
        ["PATCH /api/uploads/{uploadId} Content-Type"] = new(Kind.Word, _ => "application/offset+octet-stream"),
        ["HEAD /api/uploads/{uploadId} upload_id"] = new(Kind.Id, stage => stage.ResumableId),
        ["PATCH /api/uploads/{uploadId} upload_id"] = new(Kind.Id, stage => stage.ResumableId),
        ["DELETE /api/uploads/{uploadId} upload_id"] = new(Kind.Id, stage => stage.ResumableId),
        ["cache_content"] = new(Kind.Flag, _ => "true"),
        ["compress"] = new(Kind.Flag, _ => "true"),
        ["domain"] = new(Kind.Text, _ => "blog"),
        ["encrypt"] = new(Kind.Flag, _ => "false"),
        ["filename"] = new(Kind.StorePath, stage => stage.Directory),
        ["max_keys"] = new(Kind.Number, _ => "10"),
        ["prefix"] = new(Kind.Text, _ => "posts/"),
        ["use_cache"] = new(Kind.Flag, _ => "false"),
        ["x-meta-*"] = new(Kind.Lenient, _ => "a note"),
        ["x-metadata"] = new(Kind.JsonObject, _ => "%7B%22author%22%3A%22Zo%C3%AB%22%7D"),
        ["x-visibility"] = new(Kind.Word, _ => "domain"),
        ["GET /api/files/{domain}/app/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["GET /api/files/{domain}/user/{userId}/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["HEAD /api/files/{domain}/app/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["HEAD /api/files/{domain}/user/{userId}/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["PUT /api/files/{domain}/app/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["PUT /api/files/{domain}/user/{userId}/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["DELETE /api/files/{domain}/app/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["DELETE /api/files/{domain}/user/{userId}/{*filename:minlength(1)} If-Match"] = new(Kind.EntityTags),
        ["GET /api/files/{domain}/app/{*filename:minlength(1)} metadata"] = new(Kind.Flag, _ => "false"),
        ["GET /api/files/{domain}/user/{userId}/{*filename:minlength(1)} metadata"] = new(Kind.Flag, _ => "false"),
        ["HEAD /api/files/{domain}/app/{*filename:minlength(1)} metadata"] = new(Kind.Flag, _ => "false"),
        ["HEAD /api/files/{domain}/user/{userId}/{*filename:minlength(1)} metadata"] = new(Kind.Flag, _ => "false"),
        // It is longer than the content of a stage, so more spans are right.
        ["GET /api/openapi.json Range"] = new(Kind.Lenient, _ => "bytes=0-1"),
        ["GET /api/openapi.json If-Match"] = new(Kind.EntityTags),
        ["HEAD /api/openapi.json If-Match"] = new(Kind.EntityTags),
        ["GET /api/cached/events type"] = new(Kind.Word, _ => "cache_file_added,cache_file_removed"),
        ["Last-Event-ID"] = new(Kind.Cursor),
        ["GET /dashboard/{*name:minlength(1)} name"] = new(Kind.Id, _ => "app.js"),
        ["HEAD /dashboard/{*name:minlength(1)} name"] = new(Kind.Id, _ => "app.js"),
        ["GET /cache/directories sort"] = new(Kind.Word, _ => "-size_bytes"),
        ["GET /api/cached/content path"] = new(Kind.Path, stage => stage.FilePath),
        ["HEAD /api/cached/content path"] = new(Kind.Path, stage => stage.FilePath),
        ["q"] = new(Kind.Text, _ => "file"),
        ["reason"] = new(Kind.Text, _ => "done"),
        ["remove"] = new(Kind.List),
        ["remove_orphaned"] = new(Kind.Flag, _ => "false"),
        ["search"] = new(Kind.Text, _ => "file"),
        ["session_id"] = new(Kind.Id, stage => stage.SessionId),
        ["sha256"] = new(Kind.Id, _ => Stage.UploadSha256),
        ["since"] = new(Kind.Time, _ => "2026-01-31T09:05:00Z"),
        ["size_max"] = new(Kind.Size),
        ["size_min"] = new(Kind.Size, _ => "0"),
        ["size_bytes"] = new(Kind.Number, _ => $"{Stage.Upload.Length}"),
        ["sort"] = new(Kind.Word, _ => "-cached_at"),
        ["state"] = new(Kind.Word, _ => "active"),
        ["status"] = new(Kind.Word, _ => "active"),
        ["sync_before_cleanup"] = new(Kind.Flag, _ => "false"),
        ["triggered_by_operation"] = new(Kind.Word, _ => "manual"),
        ["ttl_seconds"] = new(Kind.Number, _ => "100"),
        ["unpin"] = new(Kind.List),
        ["type"] = new(Kind.Word, _ => "all"),
        ["upload_id"] = new(Kind.Id, stage => stage.UploadId),
        ["user_id"] = new(Kind.Text, _ => Stage.User),
        ["version"] = new(Kind.Number, _ => "1"),

        ["Content-Range"] = new(Kind.ContentRange, _ => $"bytes 0-{Stage.Content.Length - 1}/*"),
        // A valid request has none: another request with the same key would only repeat the answer.
        ["Idempotency-Key"] = new(Kind.RequestKey),
        ["If-Match"] = new(Kind.EntityTags, _ => Stage.ETag),
        ["If-Modified-Since"] = new(Kind.Lenient),
        ["If-None-Match"] = new(Kind.Lenient),
        ["If-Range"] = new(Kind.Lenient),
        ["If-Unmodified-Since"] = new(Kind.Lenient),
        ["Range"] = new(Kind.Range, _ => "bytes=0-1"),
        ["X-Fence"] = new(Kind.Fence, stage => stage.Fence),
    };

    /// <summary>The endpoint's own row, else the name's.</summary>
    public static Sample Of(string name, string endpoint) => All.TryGetValue($"{endpoint} {name}", out var sample) || All.TryGetValue(name, out sample)
        ? sample
        : throw new InvalidOperationException(
            $"{endpoint} takes '{name}', for which the bad-input matrix has no right value: add a row to the table in BadInput/{nameof(Samples)}.cs.");
}
