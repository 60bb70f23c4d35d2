namespace CacheFunctions.Eviction.Stored;

/// <summary>A place in the order in which things are evicted: the smaller goes first. No two things have the same.</summary>
internal readonly record struct Rank(long First, long Second, Guid Id) : IComparable<Rank>
{
    public int CompareTo(Rank other)
    {
        if (First != other.First) return First < other.First ? -1 : 1;
        if (Second != other.Second) return Second < other.Second ? -1 : 1;
        return Id.CompareTo(other.Id);
    }
}
