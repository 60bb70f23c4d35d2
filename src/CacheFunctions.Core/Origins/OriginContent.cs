namespace CacheFunctions.Origins;

/// <summary>Content that is to go into an origin.</summary>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Stored">Where it lies as one piece in this service's storage, for an origin that can copy it there; null: it must be streamed.</param>
/// <param name="OpenAsync">Opens it from an offset to its end.</param>
public sealed record OriginContent(
    long SizeBytes, string Sha256, StoredContent? Stored, Func<long, CancellationToken, Task<Stream>> OpenAsync);

/// <summary>The place of content in this service's storage.</summary>
public sealed record StoredContent(string Container, string Name);
