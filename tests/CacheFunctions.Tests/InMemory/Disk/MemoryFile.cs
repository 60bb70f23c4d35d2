namespace CacheFunctions.Tests.InMemory.Disk;

/// <summary>A file as the disk knows it, whatever names it has.</summary>
internal sealed class MemoryFile(long number)
{
    public long Number { get; } = number;

    public byte[] Bytes { get; set; } = [];

    /// <summary>What a power cut leaves for sure; null: nothing.</summary>
    public byte[]? Synced { get; set; }

    public DateTimeOffset Modified { get; set; }

    /// <summary>Rises with every change of content, name or mode, and nobody can set it back.</summary>
    public long Changed { get; set; }

    public bool IsSynced => ReferenceEquals(Bytes, Synced);

    public DiskStat Stat => new(Number, Bytes.Length, Modified, Changed);
}

/// <summary>What a file looked like at one moment.</summary>
internal readonly record struct DiskStat(long Number, long SizeBytes, DateTimeOffset Modified, long Changed);
