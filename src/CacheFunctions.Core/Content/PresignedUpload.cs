namespace CacheFunctions.Content;

/// <summary>How a caller sends content straight to storage.</summary>
/// <param name="Url">For one name and one verb, until it expires.</param>
/// <param name="Headers">What the request must carry.</param>
public sealed record PresignedUpload(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);
