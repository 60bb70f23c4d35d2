namespace CacheFunctions.Client;

/// <summary>An address that needs no key; whoever has it may use it until it ends.</summary>
/// <param name="Method">With which it is asked.</param>
/// <param name="Headers">That must be sent with it.</param>
/// <param name="UploadId">To be committed under; null: nothing is to be committed.</param>
public sealed record UploadAddress(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt, string? UploadId);
