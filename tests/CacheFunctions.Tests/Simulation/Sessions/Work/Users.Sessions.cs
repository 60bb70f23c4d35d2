using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Rules;

namespace CacheFunctions.Tests.Simulation.Sessions.Work;

internal sealed partial class Users
{
    private static readonly Caller Admin = new("root", IsAdmin: true);

    private async Task OpenAsync(string user)
    {
        var path = Any(paths);
        var request = new CreateSession(user, path, null, Lock: OneIn(3), Create: OneIn(2));
        var opened = await service.Any().CreateCacheSessionAsync(new Caller(user, false), request);
        Sessions.Add(new KnownSession(opened.Id, user, path) { Newest = opened.Version, ETag = opened.ETag, Fence = opened.Lock?.Fence });
    }

    private async Task SyncAsync(KnownSession session)
    {
        var choice = (OnConflict)_world.Random.Next(4);
        var fence = OneIn(2) ? session.Fence : null;
        var outcome = await NotLostAsync(session, () => service.Any().SyncToNasAsync(
            session.Caller, session.Id, choice, new Conditions { Fence = fence }));
        session.Newest = Math.Max(session.Newest, outcome.Session.Version);
        if (fence is { } shown && outcome.Written)
        {
            _verdict.Require(
                service.Locks.Announced(session.Id, shown), Rule.Fences, $"a sync that showed fence {shown} was written under another");
        }

        // What was discarded for may be another session's version that is not durable yet: that session still has it.
        if (choice == OnConflict.Discard) return;
        if (!outcome.Session.Dirty) new FinalRules(service, Sessions).CheckWrittenBack(session.Id, outcome.Session.Content, session.Path);
    }

    private async Task ReadAsync(KnownSession session)
    {
        if (session.Saved.Count == 0) return;
        var (version, expected) = session.Saved.ElementAt(_world.Random.Next(session.Saved.Count));
        // Older ones may be thinned out at any time.
        if (version <= session.Newest - service.Settings.KeepVersions + 1) return;
        var instance = service.Any();
        var bytes = await ReadOrThinnedAsync(instance, session, version);
        _verdict.Require(
            bytes is null || bytes.AsSpan().SequenceEqual(expected),
            Rule.Saves,
            $"version {version} reads {Text.Of(bytes)}, not {Text.Of(expected)}");
    }

    /// <returns>null: newer versions have come meanwhile, and this one was thinned out.</returns>
    private async Task<byte[]?> ReadOrThinnedAsync(SessionService instance, KnownSession session, long version)
    {
        try
        {
            var (_, content, _) = await instance.FindCachedFileAsync(session.Caller, session.Id, version);
            await using var stream = await instance.GetCachedFileAsync(content);
            return await Text.ReadAsync(stream);
        }
        catch (Errors.CacheException error) when (error.Code == Errors.ErrorCode.NotFound)
        {
            _verdict.Require(
                session.EndAsked || service.Versions.All[session.Id].Count - service.Settings.KeepVersions >= version,
                Rule.Saves,
                $"version {version} of session {session.Id} is not found");
            return null;
        }
    }

    private async Task LookAsync(KnownSession session)
    {
        var newest = session.Newest;
        var found = await NotLostAsync(session, () => service.Any().GetSessionInfoAsync(session.Caller, session.Id));
        _verdict.Require(found.Version >= newest, Rule.Saves, $"a read shows version {found.Version} after {newest} was acknowledged");
        session.Newest = Math.Max(session.Newest, found.Version);
        session.ETag = found.ETag;
    }

    private async Task EndAsync(KnownSession session)
    {
        var sync = _world.Random.Next(3) > 0;
        session.EndAsked = true;
        session.GiveUpAsked |= !sync;
        await service.Any().CleanupSessionAsync(session.Caller, session.Id, sync);
        session.EndTold = true;
    }

    private async Task LockAsync(KnownSession session) =>
        session.Fence = (await NotLostAsync(session, () => service.Any().AcquireLockAsync(session.Caller, session.Id))).Lock!.Fence;

    private async Task RenewAsync(KnownSession session)
    {
        var shown = OneIn(2) ? session.Fence : null;
        var renewed = await NotLostAsync(session, () => service.Any().RenewLockAsync(
            session.Caller, session.Id, null, new Conditions { Fence = shown }));
        _verdict.Require(
            shown is null || renewed.Lock!.Fence == shown, Rule.Fences, $"fence {shown} was renewed as {renewed.Lock?.Fence}");
        session.Fence = renewed.Lock!.Fence;
    }

    private async Task ReleaseAsync(KnownSession session)
    {
        await NotLostAsync(session, () => service.Any().ReleaseLockAsync(
            session.Caller, session.Id, new Conditions { Fence = OneIn(2) ? session.Fence : null }));
        // Its user forgets it only sometimes: a fence that is shown after its release must be refused.
        if (OneIn(2)) session.Fence = null;
    }

    private async Task BreakAsync() => await service.Any().BreakLockAsync(Admin, Any(paths));
}
