using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class SessionLockTests : IDisposable
{
    private static readonly Caller Admin = new("root", IsAdmin: true);

    private readonly SessionWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Each_grant_raises_the_fence_and_asking_again_renews_the_same()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob");
        var first = (await AcquireAsync(alice)).Lock!;
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        var again = (await AcquireAsync(alice)).Lock!;
        Assert.Equal(first.Fence, again.Fence);
        Assert.Equal(first.ExpiresAt.AddMinutes(1), again.ExpiresAt);

        await AssertFailsAsync(ErrorCode.Locked, () => AcquireAsync(bob));
        await _world.Service.ReleaseLockAsync(Caller.Machine, alice.Id);
        Assert.True((await AcquireAsync(bob)).Lock!.Fence > first.Fence);
    }

    [Fact]
    public async Task A_save_renews_the_lock_for_as_long_as_it_was_granted()
    {
        var alice = await OpenAsync("alice");
        await _world.Service.AcquireLockAsync(Caller.Machine, alice.Id, ttlSeconds: 100);
        _world.Time.Advance(TimeSpan.FromSeconds(90));
        var saved = await _world.SaveAsync(alice, "two");
        Assert.Equal(_world.Time.GetUtcNow().AddSeconds(100), saved.Lock!.ExpiresAt);
        _world.Time.Advance(TimeSpan.FromSeconds(90));
        await AssertFailsAsync(ErrorCode.Locked, async () => await AcquireAsync(await OpenAsync("bob")));
    }

    [Fact]
    public async Task An_expired_lock_is_still_its_holders_until_somebody_else_is_granted_it()
    {
        var alice = await AcquireAsync(await OpenAsync("alice"));
        await _world.SaveAsync(alice, "two");
        Expire();
        Assert.Null((await _world.Service.GetLockInfoAsync("a.txt")).Holder);
        await SyncAsync(alice, alice.Lock!.Fence);
        Assert.Equal("two", _world.Get("a.txt"));
        Assert.Equal(alice.Lock.Fence, (await _world.Service.RenewLockAsync(Caller.Machine, alice.Id)).Lock!.Fence);

        Expire();
        await AcquireAsync(await OpenAsync("bob"));
        await _world.SaveAsync(alice, "three");
        await AssertFailsAsync(ErrorCode.PreconditionFailed, () => _world.Service.RenewLockAsync(Caller.Machine, alice.Id));
        Assert.Null((await _world.InfoAsync(alice)).Lock);
    }

    [Fact]
    public async Task A_stale_fence_changes_nothing()
    {
        var alice = await AcquireAsync(await OpenAsync("alice"));
        Expire();
        await AcquireAsync(await OpenAsync("bob"));
        var conditions = new Conditions { Fence = alice.Lock!.Fence };
        var before = _world.Contents.Names("sessions").Count();
        foreach (var write in new Func<Task>[]
        {
            () => _world.Service.UpdateCachedFileAsync(Caller.Machine, alice.Id, new MemoryStream([1]), 1, conditions),
            () => _world.Service.PatchCachedFileAsync(Caller.Machine, alice.Id, new MemoryStream([1]), 0, 1, null, conditions),
            () => _world.Service.RestoreVersionAsync(Caller.Machine, alice.Id, 1, conditions),
            () => _world.Service.SyncToNasAsync(Caller.Machine, alice.Id, OnConflict.Overwrite, conditions),
            () => _world.Service.RenewLockAsync(Caller.Machine, alice.Id, null, conditions),
            () => _world.Service.ReleaseLockAsync(Caller.Machine, alice.Id, conditions),
            () => _world.Service.CleanupSessionAsync(Caller.Machine, alice.Id, true, conditions),
        })
        {
            await AssertFailsAsync(ErrorCode.PreconditionFailed, write);
        }

        Assert.Equal(before, _world.Contents.Names("sessions").Count());
        Assert.Equal(1, (await _world.InfoAsync(alice)).Version);
    }

    [Fact]
    public async Task The_own_write_back_without_a_lock_makes_an_expired_fence_stale()
    {
        var alice = await AcquireAsync(await OpenAsync("alice"));
        Expire();
        var bob = await OpenAsync("bob");
        await _world.SaveAsync(bob, "bob's");
        await _world.SyncAsync(bob);
        await AssertFailsAsync(ErrorCode.PreconditionFailed, () => SyncAsync(alice, alice.Lock!.Fence));
    }

    [Fact]
    public async Task Releasing_what_is_not_held_is_fine()
    {
        var alice = await OpenAsync("alice");
        await _world.Service.ReleaseLockAsync(Caller.Machine, alice.Id);
        await AcquireAsync(alice);
        await _world.Service.ReleaseLockAsync(Caller.Machine, alice.Id);
        await _world.Service.ReleaseLockAsync(Caller.Machine, alice.Id);
        Assert.False(await _world.Service.IsFileLockedAsync("a.txt"));
    }

    [Fact]
    public async Task An_admin_breaks_a_lock_and_the_log_tells_whose_it_was()
    {
        var alice = await AcquireAsync(await OpenAsync("alice"));
        await AssertFailsAsync(ErrorCode.Forbidden, () => _world.Service.BreakLockAsync(new Caller("bob", false), "a.txt"));
        Assert.Equal("alice", (await _world.Service.BreakLockAsync(Admin, "a.txt")).Holder!.UserId);
        await AssertFailsAsync(ErrorCode.NotFound, () => _world.Service.BreakLockAsync(Admin, "a.txt"));
        Assert.Null((await _world.InfoAsync(alice)).Lock);
        await AssertFailsAsync(ErrorCode.PreconditionFailed, () => SyncAsync(alice, alice.Lock!.Fence));
        Assert.True((await AcquireAsync(await OpenAsync("bob"))).Lock!.Fence > alice.Lock!.Fence);
    }

    [Fact]
    public async Task Two_spellings_of_one_file_share_one_lock_where_the_origin_ignores_case()
    {
        var service = _world.NewInstance(rules: new(false, System.Text.NormalizationForm.FormC));
        _world.Put("é.TXT", "one");
        var lower = await service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "e\u0301.TXT", Lock: true));
        Assert.NotNull(lower.Lock);
        Assert.True(await service.IsFileLockedAsync("É.txt"));
    }

    private async Task<Session> OpenAsync(string user)
    {
        if (!_world.Files().Contains("a.txt")) _world.Put("a.txt", "one");
        return await _world.OpenAsync("a.txt", user);
    }

    private Task<Session> AcquireAsync(Session session) => _world.Service.AcquireLockAsync(Caller.Machine, session.Id);

    private Task<SyncOutcome> SyncAsync(Session session, long fence) =>
        _world.Service.SyncToNasAsync(Caller.Machine, session.Id, OnConflict.Fail, new Conditions { Fence = fence });

    private void Expire() => _world.Time.Advance(TimeSpan.FromSeconds(_world.Settings.LockTtlSeconds + 1));

    private static async Task AssertFailsAsync(ErrorCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<CacheException>(call)).Code);
}
