using CacheFunctions.Errors;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions.Work;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>What must hold once everything has come to rest.</summary>
internal sealed class FinalRules(SimulatedService service, IReadOnlyList<KnownSession> sessions)
{
    private readonly Verdict _verdict = service.Verdict;

    public async Task CheckAsync(SessionService healthy)
    {
        foreach (var session in sessions)
        {
            CheckSavedOnce(session);
            if (service.Records.Session(session.Id) is { } open) await CheckOpenAsync(healthy, session, open);
            else CheckGone(session);
        }

        CheckRest();
    }

    /// <summary>Nobody has come for hours, and the hourly cleanup has run.</summary>
    public void CheckAllEnded()
    {
        foreach (var (key, values) in service.Records.Rows.Where(row => row.Key.StartsWith(SessionRows.Sessions, StringComparison.Ordinal)))
        {
            var open = SessionRows.Session(new Row(key, values, ""));
            _verdict.Break(Rule.Settling, $"session {open.Id} is {(open.IsPreparing ? "being copied" : "open")} for ever");
        }

        foreach (var session in sessions) CheckGone(session);
        CheckRest();
    }

    /// <summary>After the nightly sweep, with nobody at work.</summary>
    public void CheckSwept()
    {
        foreach (var name in service.Contents.Names) _verdict.Break(Rule.Settling, $"the content {name} is left, and nothing names it");
    }

    private void CheckRest()
    {
        CheckRows();
        CheckContents();
        CheckLeftovers();
        service.Origin.CheckNothingSilentlyOverwritten();
    }

    /// <summary>A session's newest version, which the origin is said to have.</summary>
    public void CheckWrittenBack(string id, SavedContent content, string path)
    {
        // What came from the origin: its file when it was opened or discarded for, or that there was none.
        if (service.Versions.All[id][0].Sha256 == content.Sha256 || content.SizeBytes == 0 || service.Origin.IsForeign(content.Sha256)) return;
        _verdict.Require(
            KeptAt(id, path).Any(each => service.Origin.HasHeld(each, content.Sha256)),
            Rule.Saves,
            $"session {id} counts {Text.Of(service.Contents.BytesOf(content))} as written back to {path}, which never held it");
    }

    /// <summary>The session's file, and the copies that were made beside it in its user's name.</summary>
    private IEnumerable<string> KeptAt(string id, string path)
    {
        var user = sessions.FirstOrDefault(session => session.Id == id)?.User ?? "";
        var stem = path[..^Path.GetExtension(path).Length];
        return service.Disk.Files.Keys.Where(file => file.StartsWith($"{stem} (conflict {user} ", StringComparison.Ordinal)).Append(path);
    }

    private async Task CheckOpenAsync(SessionService healthy, KnownSession session, Session open)
    {
        _verdict.Require(!session.EndTold, Rule.Saves, $"session {session.Id} is open though it was acknowledged as ended");
        _verdict.Require(open.Version >= session.Newest, Rule.Saves, $"session {session.Id} went back to version {open.Version} from {session.Newest}");
        _verdict.Require(!open.Dirty, Rule.Settling, $"session {session.Id} is still dirty");
        // Its first copy failed when storage failed as well, so nobody saved anything. The cleanup must end it.
        if (open.IsPreparing) return;
        foreach (var (version, expected) in session.Saved.Where(saved => saved.Key > open.Version - service.Settings.KeepVersions))
        {
            try
            {
                var (_, content, _) = await healthy.FindCachedFileAsync(session.Caller, session.Id, version);
                await using var stream = await healthy.GetCachedFileAsync(content);
                var bytes = await Text.ReadAsync(stream);
                _verdict.Require(
                    bytes.AsSpan().SequenceEqual(expected), Rule.Saves, $"version {version} reads {Text.Of(bytes)}, not {Text.Of(expected)}");
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                _verdict.Break(Rule.Saves, $"version {version} of session {session.Id}, {Text.Of(expected)}, is gone");
            }
        }

        if (!open.Dirty) CheckWrittenBack(session.Id, open.Content, session.Path);
    }

    private void CheckGone(KnownSession session)
    {
        // One whose first copy failed has never become a session.
        if (!service.Versions.All.ContainsKey(session.Id)) return;
        _verdict.Require(session.EndAsked, Rule.Saves, $"session {session.Id} is gone though nobody ended it");
        if (session.GiveUpAsked) return;
        // Older versions gave way to newer ones of the same session; the newest is what its user has left behind.
        CheckWrittenBack(session.Id, service.Versions.All[session.Id][^1], session.Path);
    }

    private void CheckSavedOnce(KnownSession session)
    {
        if (!service.Versions.All.TryGetValue(session.Id, out var versions)) return;
        var made = service.Records.SavedVersions(session.Id).Select(number => versions[(int)number - 1].Sha256).ToList();
        foreach (var hash in session.SavedOnce)
            _verdict.Require(made.Count(each => each == hash) <= 1, Rule.Log, $"a save under one key made several versions of session {session.Id}");
    }

    private void CheckRows()
    {
        foreach (var (key, _) in service.Records.Rows)
        {
            if (key.StartsWith("d|", StringComparison.Ordinal) || key.StartsWith("e|", StringComparison.Ordinal))
                _verdict.Break(Rule.Settling, $"the marker {key} is left");
            if (key.StartsWith("v|", StringComparison.Ordinal) && service.Records.Session(key.Split('|')[1]) is null)
                _verdict.Break(Rule.Settling, $"the version {key} of an ended session is left");
        }

        foreach (var pathLock in service.Locks.All.Values)
            _verdict.Require(pathLock.Intent is null, Rule.Settling, $"an intent of fence {pathLock.Intent?.Fence} is left on {pathLock.Path}");
    }

    private void CheckContents()
    {
        foreach (var name in service.Contents.Names)
        {
            // Content that no record ever named is the sweeper's, and a write that came after its deletion.
            var session = name[..name.IndexOf('/', StringComparison.Ordinal)];
            if (service.Versions.WasNamed(name) && !service.Contents.CameBack(name) && service.Records.Session(session) is null)
                _verdict.Break(Rule.Settling, $"content {Text.Of(service.Contents.BytesOf(name))} of ended session {session} is left");
        }
    }

    private void CheckLeftovers()
    {
        // A power cut may bring a removed name back; nothing refers to it.
        if (service.Disk.PowerCuts > 0) return;
        foreach (var (path, file) in service.Disk.Files.Where(file => StagedName.IsTemporary(file.Key)))
            _verdict.Require(file.Bytes.Length == 0, Rule.Settling, $"{path} is left with {Text.Of(file.Bytes)}");
    }
}
