namespace CacheFunctions.Http.Content;

/// <summary>What is known of content before it is opened.</summary>
/// <param name="ETag">Strong, quotes included.</param>
/// <param name="Sha256">Lower-case hex; null: not known.</param>
/// <param name="IsImmutable">Whether the address always gives these bytes, so that a browser may keep them.</param>
public sealed record ContentFacts(
    string ETag, DateTimeOffset LastModified, long Length, string FileName, string? Sha256, bool IsImmutable)
{
    /// <summary>What its owner says it is; null: what its name suggests.</summary>
    public string? ContentType { get; init; }

    /// <summary>How the bytes are encoded; null: not at all.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Whether callers who understand other encodings are sent other bytes.</summary>
    public bool VariesByEncoding { get; init; }

    public string Type => ContentType ?? ContentResult.TypeOf(FileName);
}
