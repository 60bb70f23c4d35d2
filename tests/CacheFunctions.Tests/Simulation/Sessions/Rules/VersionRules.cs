using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>Every version that was ever made: numbered without a gap, never changed, with content of its own.</summary>
internal sealed class VersionRules(Verdict verdict, Func<SavedContent, byte[]?> contentOf, int keepVersions)
{
    private readonly Dictionary<string, List<SavedContent>> _versions = [];
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _hashes = [];

    /// <summary>By session, the first version first.</summary>
    public IReadOnlyDictionary<string, List<SavedContent>> All => _versions;

    public bool IsVersion(string sha256) => _hashes.Contains(sha256);

    public bool WasNamed(string content) => _names.Contains(content);

    public void Changed(RowChange change, bool isOpen)
    {
        var parts = change.Key.Split('|');
        var (id, number) = (parts[1], long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
        if (change.Kind == RowChangeKind.Delete)
        {
            verdict.Require(
                !isOpen || number <= _versions[id].Count - keepVersions, Rule.Saves, $"version {number} of open session {id} was deleted");
            return;
        }

        // Written as it is, by who names its content again.
        if (change.Kind == RowChangeKind.Replace && number <= _versions[id].Count)
        {
            verdict.Require(
                SessionRows.Content(new Row(change.Key, change.Values!, "")).Sha256 == _versions[id][(int)number - 1].Sha256,
                Rule.Rows,
                $"version {number} of session {id} was changed");
            return;
        }

        if (!_versions.TryGetValue(id, out var versions)) _versions[id] = versions = [];
        verdict.Require(
            change.Kind == RowChangeKind.Insert && number == versions.Count + 1,
            Rule.Log,
            $"version {number} of session {id} was {change.Kind} after {versions.Count}");
        var content = SessionRows.Content(new Row(change.Key, change.Values!, ""));
        versions.Add(content);
        _hashes.Add(content.Sha256);
        verdict.Require(
            content.Pieces.All(piece => piece.Name.StartsWith(id + "/", StringComparison.Ordinal)),
            Rule.Contents,
            $"version {number} of session {id} has the content of another: {content.Name}");
        _names.UnionWith(content.Pieces.Select(piece => piece.Name));
        verdict.Require(
            contentOf(content) is { } bytes && Text.Hash(bytes) == content.Sha256,
            Rule.Contents,
            $"version {number} of session {id} was recorded, but its content is not there");
    }
}
