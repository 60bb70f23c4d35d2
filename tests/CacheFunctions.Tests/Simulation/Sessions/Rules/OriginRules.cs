using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>
/// Looks at every change of the origin as it happens: one whole version after another, each written only under the
/// fence and the intent that stand, and nothing displaced that its writer did not expect, unless it is kept.
/// </summary>
internal sealed class OriginRules
{
    private readonly Verdict _verdict;
    private readonly MemoryDisk _disk;
    private readonly VersionRules _versions;
    private readonly LockRules _locks;
    private readonly HashSet<string> _foreign = [];
    private readonly HashSet<(string Path, string Hash)> _durable = [];
    private readonly Dictionary<string, string> _marks = [];
    private readonly Dictionary<string, string> _displaced = [];

    public OriginRules(Verdict verdict, MemoryDisk disk, VersionRules versions, LockRules locks)
    {
        (_verdict, _disk, _versions, _locks) = (verdict, disk, versions, locks);
        disk.OnChange = Changed;
        disk.OnDurable = (path, bytes) => _durable.Add((path, Text.Hash(bytes)));
    }

    /// <summary>Whether a path held the content so that no power cut could have taken it.</summary>
    public bool HasHeld(string path, string sha256) => _durable.Contains((path, sha256));

    public bool IsForeign(string sha256) => _foreign.Contains(sha256);

    public void CheckAfterPowerCut()
    {
        foreach (var (path, file) in Visible()) CheckWhole(path, file.Bytes, "after a power cut ");
        // What the cut has brought back was not displaced after all.
        foreach (var (_, file) in Visible())
        {
            _displaced.Remove(Text.Hash(file.Bytes));
            // A rename that the cut took back has changed the file's mark all the same.
            _marks.TryAdd(_disk.Mark(file.Stat), Text.Hash(file.Bytes));
        }
    }

    public void CheckNothingSilentlyOverwritten()
    {
        var kept = Visible().Select(file => Text.Hash(file.File.Bytes)).ToHashSet();
        foreach (var (hash, message) in _displaced)
            _verdict.Require(kept.Contains(hash), Rule.Overwrites, $"{message}, and it is kept nowhere");
    }

    private IEnumerable<(string Path, MemoryFile File)> Visible() =>
        _disk.Files.Where(file => !StagedName.IsTemporary(file.Key)).Select(file => (file.Key, file.Value));

    private void Changed(DiskChange change)
    {
        if (StagedName.IsTemporary(change.Path)) return;
        _verdict.Tell($"{change.Path} becomes {Text.Of(change.After)} in place of {Text.Of(change.Before)}{(change.ByStranger ? ", by a stranger" : "")}");
        if (change.ByStranger)
        {
            if (change.After is { } foreign) _foreign.Add(Text.Hash(foreign));
        }
        else if (change.After is null) _verdict.Break(Rule.Overwrites, $"the service removed {Text.Of(change.Before)} from {change.Path}");
        else CheckOwn(change, change.After);

        if (change.After is null) return;
        // The first content that a mark stands for: a mark that stands for two is no mark.
        _marks.TryAdd(_disk.Mark(_disk.Find(change.Path)!.Stat), Text.Hash(change.After));
    }

    private void CheckOwn(DiskChange change, byte[] after)
    {
        CheckWhole(change.Path, after, "");
        var found = change.Source is { } source ? _locks.Find(Path.GetFileNameWithoutExtension(source)) : null;
        if (found is not { } intent)
        {
            _verdict.Break(Rule.Fences, $"{change.Path} was written without a recorded intent");
            return;
        }

        if (change.Path != intent.Intent.Staged.Path) return;
        _verdict.Require(
            intent.Stands,
            Rule.Fences,
            $"{change.Path} was written under fence {intent.Intent.Fence} after that write had been taken over");
        _verdict.Require(
            intent.Intent.Fence == intent.HighestFence,
            Rule.Fences,
            $"{change.Path} was written under fence {intent.Intent.Fence} after {intent.HighestFence} had been granted");
        _verdict.Require(
            Text.Hash(after) == intent.Intent.Sha256, Rule.Origin, $"{change.Path} got {Text.Of(after)}, which the intent did not name");
        if (change.Before is not { } before) return;
        var expected = intent.Intent.Expected is { } known ? known.Sha256 ?? _marks.GetValueOrDefault(known.Version) : null;
        if (Text.Hash(before) != expected) _displaced[Text.Hash(before)] = $"{Text.Of(after)} displaced {Text.Of(before)} from {change.Path}";
    }

    private void CheckWhole(string path, byte[] bytes, string when)
    {
        var hash = Text.Hash(bytes);
        _verdict.Require(
            bytes.Length > 0 && (_foreign.Contains(hash) || _versions.IsVersion(hash)),
            Rule.Origin,
            $"{path} held {Text.Of(bytes)} {when}which is nobody's version");
    }
}
