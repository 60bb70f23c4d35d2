namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// What was added first goes first, used or not: L. A. Belady, "A study of replacement algorithms for a virtual-storage
/// computer", IBM Systems Journal 5(2), 1966.
/// </summary>
internal sealed class FirstInFirstOut : StoredPolicy
{
    public override string Name => "fifo";

    public override string ScoreMeans => "seconds since it was added; the most first";

    public override Rank RankOf(in StoredItem item) => new(item.AddedAt, 0, item.Id);

    public override double Score(in StoredItem item, DateTimeOffset now) => SecondsSince(item.AddedAt, now);
}
