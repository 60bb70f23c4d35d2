namespace CacheFunctions.Catalogue.Index;

/// <summary>Which sets of users hold a wanted one: worked out once for a query, so that a row costs one look.</summary>
internal sealed class SetMask
{
    private readonly UserSets _sets;
    private readonly Func<string, bool> _wanted;
    private readonly bool[] _holds;

    /// <summary>O(users in all sets); a byte for each user and set until the query ends.</summary>
    public SetMask(UserSets sets, Func<string, bool> wanted)
    {
        (_sets, _wanted) = (sets, wanted);
        _holds = new bool[sets.Count];
        // Read after the sets, so that it covers all their users.
        var users = new bool[sets.UserCount];
        for (var user = 0; user < users.Length; user++) users[user] = wanted(sets.Name(user));
        for (var set = 1; set < _holds.Length; set++)
            foreach (var user in sets.Members(set)) _holds[set] |= users[user];
    }

    public bool Holds(int set) =>
        // A set that came after the query began is judged by itself.
        set < _holds.Length ? _holds[set] : Array.Exists(_sets.Members(set), user => _wanted(_sets.Name(user)));
}
