namespace CacheFunctions.Content;

/// <summary>Opens a part of content that lies somewhere, so that a layer above reads no more than it needs.</summary>
/// <param name="offset">The first byte, from 0.</param>
/// <param name="length">How many bytes, at least 1, and all of them there.</param>
public delegate Task<Stream> OpenSpan(long offset, long length, CancellationToken cancellation);
