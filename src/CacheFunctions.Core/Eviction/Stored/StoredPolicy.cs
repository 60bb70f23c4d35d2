namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// In which order stored things are evicted, computed from what their records hold.
/// <para>
/// Sizes are respected where they are paid: the quota and what a miss fetches are bytes. A byte of a file saves as much as
/// any byte of another that is used as soon or as often, so the orders do not weigh sizes, and things go until enough bytes are
/// free. (To divide by the size, as GreedyDual-Size does, would keep many small files and fetch the large ones again and again:
/// a better ratio of hits, a worse one of bytes.) What holds no bytes is never evicted.
/// </para>
/// </summary>
internal abstract class StoredPolicy
{
    /// <summary>As settings and operations name it.</summary>
    public abstract string Name { get; }

    /// <summary>What <see cref="Score"/> is, for people.</summary>
    public abstract string ScoreMeans { get; }

    public abstract Rank RankOf(in StoredItem item);

    /// <summary>The number that decided; <see cref="ScoreMeans"/> says what it is.</summary>
    public abstract double Score(in StoredItem item, DateTimeOffset now);

    /// <summary>What must be known when the next things are chosen: a short text for the control row.</summary>
    /// <param name="chosen">What was chosen just now.</param>
    /// <returns>null: nothing.</returns>
    public virtual string? Remember(Choice chosen, DateTimeOffset now) => null;

    private protected static double SecondsSince(long ticks, DateTimeOffset now) =>
        Math.Round(Math.Max(0, now.UtcTicks - ticks) / (double)TimeSpan.TicksPerSecond, 3);
}
