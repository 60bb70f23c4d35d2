using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Sessions;

/// <summary>The body of POST /api/sessions.</summary>
internal sealed record CreateSessionRequest
{
    [Required]
    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    [Required]
    public string? FilePath { get; init; }

    public string? NasFilePath { get; init; }

    public bool Lock { get; init; }

    public bool Create { get; init; }

    public CreateSession Checked() => new(
        Fields.UserId(UserId), Fields.Path("file_path", FilePath), NasFilePath, Lock, Create);
}

/// <summary>The body of POST /api/sessions/{id}/sync; none at all is fine.</summary>
internal sealed record SyncRequest
{
    public string? OnConflict { get; init; }

    public OnConflict Checked() =>
        OnConflict is null ? Sessions.OnConflict.Fail : Choices.Parse<OnConflict>("on_conflict", OnConflict);
}

/// <summary>The body of POST and PUT /api/sessions/{id}/lock; none at all is fine.</summary>
internal sealed record LockRequest
{
    private const int MinTtlSeconds = 5;
    private const int MaxTtlSeconds = 86_400;

    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    public string? FilePath { get; init; }

    public int? TtlSeconds { get; init; }

    public LockRequest Checked()
    {
        if (UserId is not null) Fields.UserId("user_id", UserId);
        if (FilePath is not null) Fields.Path("file_path", FilePath);
        return TtlSeconds is null or (>= MinTtlSeconds and <= MaxTtlSeconds)
            ? this
            : throw CacheException.Invalid("ttl_seconds", $"must be from {MinTtlSeconds} to {MaxTtlSeconds}.");
    }
}

/// <summary>The body of POST /api/sessions/{id}/commit.</summary>
internal sealed record CommitRequest
{
    [Required]
    public string? UploadId { get; init; }

    [Required]
    public long? SizeBytes { get; init; }

    [Required]
    public string? Sha256 { get; init; }

    public (string UploadId, long SizeBytes, string Sha256) Checked()
    {
        var upload = Fields.Required("upload_id", UploadId);
        if (upload.Length != 32 || !upload.All(char.IsAsciiHexDigitLower)) throw CacheException.Invalid("upload_id", "is not one that this service gave.");
        return (upload, Fields.UploadedBytes(SizeBytes), Fields.Sha256(Sha256));
    }
}

/// <summary>The body of POST /api/sessions/cleanup; none at all is fine.</summary>
internal sealed record CleanupRequest
{
    private const int MaxMinutes = 525_600;

    public int? MaxAgeMinutes { get; init; }

    public bool DryRun { get; init; }

    public CleanupRequest Checked() => MaxAgeMinutes is null or (>= 1 and <= MaxMinutes)
        ? this
        : throw CacheException.Invalid("max_age_minutes", $"must be from 1 to {MaxMinutes}.");
}
