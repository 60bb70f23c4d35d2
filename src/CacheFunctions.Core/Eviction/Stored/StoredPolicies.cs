namespace CacheFunctions.Eviction.Stored;

/// <summary>The policies for stored things by name. A new one is a class and a line here.</summary>
public static class StoredPolicies
{
    public const string Default = "lru";

    private static readonly Dictionary<string, Func<string?, StoredPolicy>> Table = new()
    {
        ["lru"] = _ => new LeastRecentlyUsed(),
        ["lfu"] = _ => new LeastFrequentlyUsed(),
        ["fifo"] = _ => new FirstInFirstOut(),
        ["sieve"] = remembered => new StoredSieve(SieveHand.Read(remembered)),
    };

    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <param name="remembered">What the policy asked to be remembered when it was used last; null: this is the first time.</param>
    internal static StoredPolicy Create(string name, string? remembered) => Table[name](remembered);
}
