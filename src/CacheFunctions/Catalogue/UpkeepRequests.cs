using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Catalogue;

/// <summary>The body of POST /api/cached/cleanup; none at all is fine.</summary>
internal sealed record CacheCleanupRequest
{
    public bool RemoveOrphaned { get; init; }

    /// <summary>Who asks, for the log.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    public (bool RemoveOrphaned, string? UserId) Checked() => (RemoveOrphaned, UserId is null ? null : Fields.UserId(UserId));
}

/// <summary>The body of POST /api/cached/purge.</summary>
internal sealed record PurgeRequest
{
    private const int MaxDays = 36_500;

    [Required]
    public int? DaysToKeep { get; init; }

    public int Checked() => DaysToKeep is { } days and >= 0 and <= MaxDays
        ? days
        : throw CacheException.Invalid("days_to_keep", $"is required: for how many days removed files are kept, 0 to {MaxDays}.");
}
