using System.Globalization;
using CacheFunctions.Operations;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>Looks at every transaction as it is made, and knows what the rows say ever since.</summary>
internal sealed class RecordRules(Verdict verdict, VersionRules versions, LockRules locks)
{
    private readonly Dictionary<string, RowValues> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _last = [];
    private readonly Dictionary<(string Id, long Version), (long Fence, string? Holder)> _locksAt = [];
    private readonly HashSet<(string Entity, string Type, string Reason)> _told = [];

    // One of each is told for every effect, however often its commit was tried.
    private static readonly string[] ToldOnce =
        ["session_created", "session_saved", "session_patched", "session_restored", "session_discarded", "session_closed"];

    public IEnumerable<KeyValuePair<string, RowValues>> Rows => _rows;

    /// <summary>The versions of a session that were made by saving, as the log tells it.</summary>
    public IEnumerable<long> SavedVersions(string id) => _told
        .Where(told => told.Entity == id && told.Type == "session_saved")
        .Select(told => long.Parse(told.Reason.Split(' ', ',')[1], CultureInfo.InvariantCulture));

    /// <summary>The highest fence and the holder of the session's path in the transaction that made a version.</summary>
    public (long Fence, string? Holder) LockAt(string id, long version) => _locksAt.GetValueOrDefault((id, version));

    public bool Has(string key) => _rows.ContainsKey(key);

    public Session? Session(string id) =>
        _rows.GetValueOrDefault(SessionRows.SessionKey(id)) is { } values
            ? SessionRows.Session(new Row(SessionRows.SessionKey(id), values, ""))
            : null;

    /// <summary>Whether a version of the session has that content, as a piece of it or whole.</summary>
    public bool Names(string id, string content) => _rows
        .Where(row => row.Key.StartsWith(SessionRows.VersionPrefix(id), StringComparison.Ordinal))
        .Any(row => SessionRows.Content(new Row(row.Key, row.Value, "")).Pieces.Any(piece => piece.Name == content));

    public void Committed(string partition, IReadOnlyList<RowChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Key.StartsWith("o|", StringComparison.Ordinal)) CheckLog(partition, change);
            if (change.Values is null) _rows.Remove(Global(partition, change.Key));
            else _rows[Global(partition, change.Key)] = change.Values.Copy();
        }

        foreach (var change in changes)
        {
            if (change.Key.StartsWith("l|", StringComparison.Ordinal)) locks.Changed(change);
            if (change.Key.StartsWith("v|", StringComparison.Ordinal)) versions.Changed(change, Has(SessionRows.SessionKey(SessionOf(change.Key))));
        }

        foreach (var id in changes.Select(change => change.Key).Where(key => key[0] is 's' or 'd' or 'v').Select(SessionOf).Distinct())
            CheckSession(id);
    }

    private static string SessionOf(string key) => key.Split('|')[1];

    /// <summary>Operations are numbered by shard; all other keys are unique as they are.</summary>
    private static string Global(string partition, string key) =>
        key[0] == 'o' ? $"o|{partition}|{key}" : key;

    private void CheckLog(string partition, RowChange change)
    {
        var next = _last.GetValueOrDefault(partition) + 1;
        var number = OperationRow.Sequence(change.Key);
        verdict.Require(
            change.Kind == RowChangeKind.Insert && number == next,
            Rule.Log,
            $"operation {number} of shard {partition} was {change.Kind} where {next} must follow");
        _last[partition] = number;
        var values = change.Values;
        var (entity, type, reason) = (values!.RequiredText("entity"), values.RequiredText("type"), values.Text("reason") ?? "");
        verdict.Tell($"{number} {type} {entity[..6]}: {reason} {values.Text("error")}");
        if (!ToldOnce.Contains(type)) return;
        verdict.Require(_told.Add((entity, type, reason)), Rule.Log, $"{type} {reason} of session {entity} is told twice");
    }

    private void CheckSession(string id)
    {
        var session = Session(id);
        verdict.Require(
            (session?.Dirty ?? false) == Has(SessionRows.DirtyKey(id)),
            Rule.Rows,
            $"session {id} is {(session is null ? "gone" : session.Dirty ? "dirty" : "clean")}, its marker says otherwise");
        if (session is null || session.IsPreparing) return;
        if (locks.All.Values.FirstOrDefault(each => each.Path == session.Path) is { } pathLock)
            _locksAt.TryAdd((id, session.Version), (pathLock.Fence, pathLock.Holder?.SessionId));
        verdict.Require(
            _rows.TryGetValue(SessionRows.VersionKey(id, session.Version), out var version)
            && version.Text("content") == session.Content.Name,
            Rule.Rows,
            $"session {id} names version {session.Version}, which has other content");
    }
}
