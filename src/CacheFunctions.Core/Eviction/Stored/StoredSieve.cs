namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// SIEVE (Yazhuo Zhang, Juncheng Yang, Yao Yue, Ymir Vigfusson, K. V. Rashmi, "SIEVE is Simpler than LRU: an Efficient Turn-Key
/// Eviction Algorithm for Web Caches", NSDI 2024) without a queue and without bits: the order of insertion is that of
/// <see cref="StoredItem.AddedAt"/>, and visited is what was accessed since the hand last passed it.
/// <para>
/// From where it stands the hand first meets what is newer, then comes around to the oldest. What was not visited goes in that
/// order; what was visited is only met again in the next round, without its bit, and so goes after all others.
/// </para>
/// </summary>
internal sealed class StoredSieve(SieveHand hand) : StoredPolicy
{
    public override string Name => "sieve";

    public override string ScoreMeans => "1: used since the hand last passed, 0: not; these first";

    public override Rank RankOf(in StoredItem item) =>
        new((IsVisited(item) ? 2 : 0) + (hand.HasPassed(Place(item)) ? 1 : 0), item.AddedAt, item.Id);

    public override double Score(in StoredItem item, DateTimeOffset now) => IsVisited(item) ? 1 : 0;

    public override string? Remember(Choice chosen, DateTimeOffset now)
    {
        if (chosen.Victims is not [.., var last]) return hand.Write();
        var isSecondRound = RankOf(last).First >= 2;
        return hand.MovedTo(Place(last), isNewest: Place(chosen.NewestSpared).CompareTo(Place(last)) < 0, isSecondRound, now.UtcTicks).Write();
    }

    private static SievePlace Place(in StoredItem item) => new(item.AddedAt, item.Id);

    private bool IsVisited(in StoredItem item) => item.LastAccessed > Math.Max(item.AddedAt, hand.PassedAt(Place(item)));
}
