namespace CacheFunctions.Eviction.Stored;

/// <summary>Something stored that may be evicted, as its record tells. Instants are ticks of UTC.</summary>
/// <param name="LastAccessed">0: never.</param>
internal readonly record struct StoredItem(Guid Id, long SizeBytes, long AddedAt, long LastAccessed, long AccessCount)
{
    /// <summary>Being added is the first use.</summary>
    public long LastUsed => Math.Max(AddedAt, LastAccessed);
}
