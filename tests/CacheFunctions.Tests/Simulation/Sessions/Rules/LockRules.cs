using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>Fences only rise, and each is one session's.</summary>
internal sealed class LockRules(Verdict verdict)
{
    private readonly Dictionary<string, PathLock> _locks = [];
    private readonly Dictionary<(string Key, long Fence), string> _owners = [];
    private readonly Dictionary<string, (string Key, WriteIntent Intent)> _intents = [];

    public IReadOnlyDictionary<string, PathLock> All => _locks;

    /// <summary>The intent that named a temporary file, whether it still stands, and the highest fence of its path.</summary>
    public (WriteIntent Intent, bool Stands, long HighestFence)? Find(string temporaryName)
    {
        if (!_intents.TryGetValue(temporaryName, out var found)) return null;
        var pathLock = _locks[found.Key];
        return (found.Intent, pathLock.Intent?.Staged.TemporaryName == temporaryName, pathLock.Fence);
    }

    /// <summary>Whether a session's write back was ever announced under the fence.</summary>
    public bool Announced(string sessionId, long fence) =>
        _intents.Values.Any(each => each.Intent.SessionId == sessionId && each.Intent.Fence == fence);

    public void Changed(RowChange change)
    {
        if (change.Values is null)
        {
            verdict.Break(Rule.Fences, "a lock's row was deleted, so its fence can go back");
            return;
        }

        var after = SessionRows.Lock(new Row(change.Key, change.Values, ""));
        var before = _locks.GetValueOrDefault(change.Key);
        verdict.Require(
            after.Fence >= (before?.Fence ?? 0), Rule.Fences, $"the fence of {after.Path} went back from {before?.Fence} to {after.Fence}");
        if (after.Holder is { } holder) Own(change.Key, after, holder.Fence, holder.SessionId);
        if (after.Intent is { } intent)
        {
            Own(change.Key, after, intent.Fence, intent.SessionId);
            verdict.Require(
                before?.Intent is not { } other || other.Staged == intent.Staged || GoesOn(other, intent),
                Rule.Fences,
                $"a write back of {after.Path} was announced while another was under way");
            _intents[intent.Staged.TemporaryName] = (change.Key, intent);
        }

        _locks[change.Key] = after;
    }

    /// <summary>A job goes on with what an earlier run of it has written, in a file of its own.</summary>
    private static bool GoesOn(WriteIntent before, WriteIntent after) =>
        before.JobId is not null && after.Staged.Claimed is { } claimed
        && (claimed == before.Staged.TemporaryName || claimed == before.Staged.Claimed)
        && (before.SessionId, before.Version) == (after.SessionId, after.Version);

    private void Own(string key, PathLock pathLock, long fence, string session)
    {
        _owners.TryAdd((key, fence), session);
        verdict.Require(_owners[(key, fence)] == session, Rule.Fences, $"fence {fence} of {pathLock.Path} was granted to two sessions");
        verdict.Require(fence <= pathLock.Fence, Rule.Fences, $"fence {fence} of {pathLock.Path} is above the highest, {pathLock.Fence}");
    }
}
