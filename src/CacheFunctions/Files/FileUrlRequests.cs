using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Files;

/// <summary>The body of POST /api/files/upload-url.</summary>
internal sealed record UploadUrlRequest
{
    [Required]
    public string? Domain { get; init; }

    [Required]
    public string? Level { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    [Required]
    public string? Filename { get; init; }

    public string? ContentType { get; init; }

    public int? ExpiresIn { get; init; }

    public bool Staged { get; init; }

    public FileAddress ToAddress() => FileUrlFields.Address(Domain, Level, UserId, Filename);
}

/// <summary>The body of POST /api/files/download-url.</summary>
internal sealed record DownloadUrlRequest
{
    [Required]
    public string? Domain { get; init; }

    [Required]
    public string? Level { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? UserId { get; init; }

    [Required]
    public string? Filename { get; init; }

    /// <summary>Of what is to be uploaded; of no use here, but as right as there.</summary>
    public string? ContentType { get; init; }

    public int? ExpiresIn { get; init; }

    public FileAddress ToAddress()
    {
        FileTypes.Check("content_type", ContentType);
        return FileUrlFields.Address(Domain, Level, UserId, Filename);
    }
}

/// <summary>The body of POST /api/files/commit.</summary>
internal sealed record CommitFileRequest
{
    [Required]
    public string? UploadId { get; init; }

    [Required]
    public long? SizeBytes { get; init; }

    [Required]
    public string? Sha256 { get; init; }

    public (string UploadId, long SizeBytes, string Sha256) Checked() =>
        (Fields.Required("upload_id", UploadId), Fields.UploadedBytes(SizeBytes), Fields.Sha256(Sha256));
}

internal static class FileUrlFields
{
    public const int DefaultExpiresIn = 3600;

    /// <exception cref="CacheException">InvalidArgument, naming the field.</exception>
    public static FileAddress Address(string? domain, string? level, string? userId, string? filename) => FileAddress.Of(
        Fields.Required("domain", domain),
        Choices.Parse<StorageLevel>("level", Fields.Required("level", level).ToLowerInvariant()),
        Fields.Required("filename", filename),
        userId);
}
