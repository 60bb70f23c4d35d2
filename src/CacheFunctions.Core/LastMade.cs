namespace CacheFunctions;

/// <summary>
/// Remembers what was made of objects that do not change, for some thousand of those that were asked for last; what it forgets is made anew. Safe for
/// concurrent use, without a lock.
/// </summary>
/// <param name="make">Depends on nothing but the object. What it throws is not remembered.</param>
/// <param name="comparer">Which objects are the same.</param>
public sealed class LastMade<T, TMade>(Func<T, TMade> make, IEqualityComparer<T> comparer) where T : class where TMade : class
{
    // Each has one place only, and whoever comes last has it.
    private readonly Entry?[] _entries = new Entry?[4096];

    /// <summary>O(1).</summary>
    public TMade Of(T from)
    {
        ref var entry = ref _entries[(uint)comparer.GetHashCode(from) % _entries.Length];
        var found = Volatile.Read(ref entry);
        if (found is not null && comparer.Equals(found.From, from)) return found.Made;
        var made = make(from);
        Volatile.Write(ref entry, new Entry(from, made));
        return made;
    }

    private sealed class Entry(T from, TMade made)
    {
        public T From => from;

        public TMade Made => made;
    }
}
