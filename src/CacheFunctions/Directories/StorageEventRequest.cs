using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CacheFunctions.Content;
using CacheFunctions.Directories.Downloads;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Directories;

/// <summary>A CloudEvent 1.0 in its JSON form; of storage's those matter that tell of files in the directory cache's container.</summary>
internal sealed record StorageEventRequest
{
    private const string Blobs = $"/blobServices/default/containers/{ContentName.Directories}/blobs/";
    private const int MaxLength = 2_048;

    [Required]
    public string? Specversion { get; init; }

    [Required]
    public string? Id { get; init; }

    [Required]
    public string? Source { get; init; }

    [Required]
    public string? Type { get; init; }

    public string? Subject { get; init; }

    /// <summary>RFC 3339.</summary>
    public string? Time { get; init; }

    /// <summary>What storage adds: an object.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>Extensions, which any event may have.</summary>
    [JsonInclude]
    [JsonExtensionData]
    internal Dictionary<string, JsonElement>? Others { get; init; }

    private DateTimeOffset? At =>
        DateTimeOffset.TryParseExact(Time, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private bool IsOnlyOpened => Data?.TryGetProperty("api", out var api) == true && api.ValueKind == JsonValueKind.String && api.GetString() == "CreateFile";

    /// <param name="place">In a batch, as events[3]; null: alone.</param>
    /// <exception cref="CacheException">InvalidArgument: it is no CloudEvent.</exception>
    public StorageEventRequest Checked(string? place = null)
    {
        if (Specversion != "1.0") throw CacheException.Invalid(Of("specversion"), "must be 1.0.");
        Fields.Text(Of("id"), Id, MaxLength);
        Fields.Text(Of("source"), Source, MaxLength);
        Fields.Text(Of("type"), Type, MaxLength);
        if (Subject is not null) Fields.Text(Of("subject"), Subject, MaxLength);
        if (Time is not null && At is null) throw CacheException.Invalid(Of("time"), "must be a time as 2026-01-31T09:05:00Z.");
        if (Data is { ValueKind: not JsonValueKind.Object }) throw CacheException.Invalid(Of("data"), "must be an object.");
        return this;

        string Of(string field) => place is null ? field : $"{place}.{field}";
    }

    /// <returns>null: it tells of nothing that matters here.</returns>
    public StorageChange? Change(DateTimeOffset now)
    {
        var isCreated = Type == "Microsoft.Storage.BlobCreated";
        if (!isCreated && Type != "Microsoft.Storage.BlobDeleted") return null;
        // A file of a hierarchical namespace is told of when it is opened, and again when it is written and closed.
        if (IsOnlyOpened || Subject?.StartsWith(Blobs, StringComparison.Ordinal) != true) return null;
        try
        {
            return new StorageChange(DirectoryPath.OfFile(Subject[Blobs.Length..]), isCreated, At ?? now);
        }
        catch (CacheException)
        {
            // A file in no directory, or one that this service could not name.
            return null;
        }
    }
}
