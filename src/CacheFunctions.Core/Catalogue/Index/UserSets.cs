namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Who files are cached for. Many files share the same few users, so each different list of users is kept once and a
/// file holds its number: four bytes. Numbers are never taken back, so a reader needs no lock.
/// </summary>
internal sealed class UserSets
{
    /// <summary>The set of nobody.</summary>
    public const int Nobody = 0;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<int[], int> _sets = new(new SameUsers());
    private volatile string[] _names = [];
    private volatile int[][] _members = [[]];
    private volatile int _setCount = 1;
    private volatile int _userCount;

    public UserSets() => _sets.Add([], Nobody);

    /// <summary>Sets from 0 up to this number exist.</summary>
    public int Count => _setCount;

    /// <summary>Users from 0 up to this number exist.</summary>
    public int UserCount => _userCount;

    /// <summary>In their order; the first one triggered the caching.</summary>
    public IReadOnlyList<string> Users(int set) => Array.ConvertAll(Members(set), Name);

    /// <summary>The numbers of its users.</summary>
    public int[] Members(int set) => _members[set];

    public string Name(int user) => _names[user];

    /// <returns>The number of the set of these users, in this order.</returns>
    public int Of(IReadOnlyList<string> users)
    {
        if (users.Count == 0) return Nobody;
        lock (_lock)
        {
            var members = users.Select(UserOf).ToArray();
            if (_sets.TryGetValue(members, out var known)) return known;
            var set = _setCount;
            _members = Append(_members, set, members);
            _sets.Add(members, set);
            _setCount = set + 1;
            return set;
        }
    }

    private static T[] Append<T>(T[] items, int at, T item)
    {
        // Readers keep the array that they have; what they may look at in it stays as it is.
        if (at == items.Length) Array.Resize(ref items, Math.Max(4, items.Length + items.Length / 2));
        items[at] = item;
        return items;
    }

    private int UserOf(string name)
    {
        if (_users.TryGetValue(name, out var known)) return known;
        var user = _users.Count;
        _names = Append(_names, user, name);
        _users.Add(name, user);
        _userCount = user + 1;
        return user;
    }

    private sealed class SameUsers : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = default(HashCode);
            foreach (var user in obj) hash.Add(user);
            return hash.ToHashCode();
        }
    }
}
