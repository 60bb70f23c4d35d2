namespace CacheFunctions.Eviction.Stored;

/// <summary>What is to be evicted, and what would be next.</summary>
/// <param name="Victims">In order.</param>
/// <param name="Next">What would be evicted after them, in order; at most <see cref="NextCount"/>.</param>
/// <param name="NewestSpared">What was added last of all that was not chosen.</param>
/// <param name="OfferedBytes">All that was offered, chosen or not, in bytes.</param>
internal sealed record Choice(
    StoredPolicy Policy, IReadOnlyList<StoredItem> Victims, IReadOnlyList<StoredItem> Next, StoredItem NewestSpared, long OfferedBytes)
{
    public const int NextCount = 3;
}
