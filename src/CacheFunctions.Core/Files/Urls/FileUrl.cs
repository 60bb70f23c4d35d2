namespace CacheFunctions.Files.Urls;

/// <summary>An address for one file and one verb, that works until it expires.</summary>
/// <param name="Url">Of storage; or relative: of this service.</param>
/// <param name="Headers">What the request must carry.</param>
/// <param name="UploadId">By which the upload is committed; null: the file is there once it is uploaded.</param>
public sealed record FileUrl(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt, string? UploadId = null);
