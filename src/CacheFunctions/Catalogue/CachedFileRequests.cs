using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Catalogue;

/// <summary>The body of POST /api/cached/files, and an item of a batch.</summary>
internal sealed record AddCachedFileRequest
{
    // With the other texts of a row it must stay below what storage takes.
    private const int MaxMetadataCharacters = 16_000;
    private const int MaxReasonLength = 200;

    [Required]
    public string? FilePath { get; init; }

    public string? OriginalPath { get; init; }

    public string? CachedPath { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    public string? TriggeredByOperation { get; init; }

    public string? Operation { get; init; }

    public string? CacheMethod { get; init; }

    public string? AttributionReason { get; init; }

    public JsonElement? Metadata { get; init; }

    public AddCachedFile Checked()
    {
        if (Operation is not null && TriggeredByOperation is not null && Operation != TriggeredByOperation)
            throw CacheException.Invalid("operation", "is another name of triggered_by_operation; give one of them.");
        var operation = TriggeredByOperation ?? Operation;
        return new AddCachedFile(
            Fields.Path("file_path", FilePath),
            OriginalPath is null ? null : Fields.Path("original_path", OriginalPath),
            CachedPath is null ? null : Fields.Path("cached_path", CachedPath),
            UserId is null ? null : Fields.UserId(UserId),
            operation is null ? CacheTrigger.Manual
                : Choices.Parse<CacheTrigger>(TriggeredByOperation is null ? "operation" : "triggered_by_operation", operation),
            CacheMethod is null ? null : Method(CacheMethod),
            AttributionReason is null ? null : Fields.Text("attribution_reason", AttributionReason, MaxReasonLength),
            MetadataText());
    }

    /// <summary>The document's legacy names are upgraded.</summary>
    private static CacheMethod Method(string text) => text switch
    {
        "copy" => Catalogue.CacheMethod.AtomicCopy,
        "symlink" => Catalogue.CacheMethod.AtomicSymlink,
        "hardlink" => Catalogue.CacheMethod.AtomicHardlink,
        _ => Choices.Parse<CacheMethod>("cache_method", text),
    };

    private string? MetadataText()
    {
        if (Metadata is not { } metadata || metadata.ValueKind == JsonValueKind.Null) return null;
        if (metadata.ValueKind != JsonValueKind.Object) throw CacheException.Invalid("metadata", "must be a JSON object.");
        var text = JsonSerializer.Serialize(metadata);
        return text.Length <= MaxMetadataCharacters ? text
            : throw CacheException.Invalid("metadata", $"is longer than {MaxMetadataCharacters} characters.");
    }
}

/// <summary>The body of DELETE /api/cached/files/{id}; none at all is fine.</summary>
internal sealed record RemoveCachedFileRequest
{
    public const string DefaultReason = "manual";
    private const int MaxReasonLength = 200;

    public string? Reason { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    public (string Reason, string? UserId) Checked() => (
        Reason is null ? DefaultReason : Fields.Text("reason", Reason, MaxReasonLength),
        UserId is null ? null : Fields.UserId(UserId));
}

/// <summary>The body of POST /api/cached/files/{id}/access; none at all is fine.</summary>
internal sealed record AccessRequest
{
    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    public string? Checked() => UserId is null ? null : Fields.UserId(UserId);
}

/// <summary>The body of PUT /api/cached/files/{id}/users/{user_id}; none at all is fine.</summary>
internal sealed record AttributionRequest
{
    private const int MaxReasonLength = 200;

    public string? AttributionReason { get; init; }

    public string Checked() =>
        AttributionReason is null ? "manual" : Fields.Text("attribution_reason", AttributionReason, MaxReasonLength);
}
