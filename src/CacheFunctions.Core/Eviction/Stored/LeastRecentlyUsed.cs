namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// What was not used for the longest time goes first: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation
/// techniques for storage hierarchies", IBM Systems Journal 9(2), 1970.
/// </summary>
internal sealed class LeastRecentlyUsed : StoredPolicy
{
    public override string Name => "lru";

    public override string ScoreMeans => "seconds since the last use; the most first";

    public override Rank RankOf(in StoredItem item) => new(item.LastUsed, 0, item.Id);

    public override double Score(in StoredItem item, DateTimeOffset now) => SecondsSince(item.LastUsed, now);
}
