namespace CacheFunctions.Content.Hot;

/// <summary>Settings under <c>Tier:</c>: what an instance keeps of content that was read.</summary>
public sealed record HotSettings
{
    /// <summary>For small content, in bytes; 0: none is kept in memory.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>For large content, in bytes; 0: none is kept on disk.</summary>
    public long DiskBytes { get; init; } = 512L << 20;

    /// <summary>A folder of this machine's own disk; null: one in its folder for temporary files.</summary>
    public string? Directory { get; init; }
}
