namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// What was used least often goes first, of these what was not used for the longest time: the best there is where uses do not
/// depend on each other (A. V. Aho, P. J. Denning, J. D. Ullman, "Principles of Optimal Page Replacement", Journal of the ACM 18(1), 1971).
/// </summary>
internal sealed class LeastFrequentlyUsed : StoredPolicy
{
    public override string Name => "lfu";

    public override string ScoreMeans => "uses since it was added; the fewest first";

    public override Rank RankOf(in StoredItem item) => new(item.AccessCount, item.LastUsed, item.Id);

    public override double Score(in StoredItem item, DateTimeOffset now) => item.AccessCount;
}
