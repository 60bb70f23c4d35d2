using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class SessionServiceTests : IDisposable
{
    private readonly SessionWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_session_holds_a_copy_that_the_origin_does_not_see_until_it_is_synced()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        Assert.Equal("one", _world.Get("a.txt"));
        Assert.Equal("two", await _world.ReadAsync(session));
        Assert.Equal("one", await _world.ReadAsync(session, version: 1));

        var outcome = await _world.SyncAsync(session);
        Assert.True(outcome.Written);
        Assert.False(outcome.Session.Dirty);
        Assert.Equal("two", _world.Get("a.txt"));
        Assert.Equal(["a.txt"], _world.Files());
    }

    [Fact]
    public async Task Syncing_again_writes_nothing()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        await _world.SyncAsync(session);
        Assert.False((await _world.SyncAsync(session)).Written);
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_opened_only_when_that_is_asked_for()
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.OpenAsync("new.txt"));
        Assert.Equal(ErrorCode.NotFound, error.Code);

        var session = await _world.OpenAsync("new.txt", create: true);
        Assert.Equal("", await _world.ReadAsync(session));
        await _world.SaveAsync(session, "text");
        await _world.SyncAsync(session);
        Assert.Equal("text", _world.Get("new.txt"));
    }

    [Fact]
    public async Task A_change_on_the_origin_is_a_conflict_that_changes_nothing_and_tells_both_versions()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "mine");
        _world.Put("a.txt", "theirs");

        var error = await Assert.ThrowsAsync<CacheException>(() => _world.SyncAsync(session));
        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Equal(["actual", "expected"], error.Details!.Keys.Order());
        Assert.Equal("theirs", _world.Get("a.txt"));
        Assert.Equal("mine", await _world.ReadAsync(session));
        Assert.Equal(SessionState.Conflict, (await _world.InfoAsync(session)).State(_world.Time.GetUtcNow()));
        Assert.Equal(["a.txt"], _world.Files());
    }

    [Fact]
    public async Task Overwrite_lets_the_session_win()
    {
        var session = await ConflictAsync();
        await _world.SyncAsync(session, OnConflict.Overwrite);
        Assert.Equal("mine", _world.Get("a.txt"));
        Assert.Equal(["a.txt"], _world.Files());
        Assert.Null((await _world.InfoAsync(session)).Conflict);
    }

    [Fact]
    public async Task Discard_lets_the_origin_win_and_keeps_the_session_usable()
    {
        var session = await ConflictAsync();
        var outcome = await _world.SyncAsync(session, OnConflict.Discard);
        Assert.False(outcome.Session.Dirty);
        Assert.Equal("theirs", await _world.ReadAsync(session));
        await _world.SaveAsync(session, "again");
        await _world.SyncAsync(session);
        Assert.Equal("again", _world.Get("a.txt"));
    }

    [Fact]
    public async Task Keep_both_writes_a_conflict_copy_and_brings_that_copy_up_to_date_later()
    {
        var session = await ConflictAsync();
        var outcome = await _world.SyncAsync(session, OnConflict.KeepBoth);
        Assert.Equal("/mnt/nas/a (conflict alice 2026-01-01 00.00.00).txt", outcome.ConflictCopy);
        Assert.Equal("theirs", _world.Get("a.txt"));

        await _world.SaveAsync(session, "mine, later");
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await _world.SyncAsync(session, OnConflict.KeepBoth);
        Assert.Equal(["a (conflict alice 2026-01-01 00.00.00).txt", "a.txt"], _world.Files());
        Assert.Equal("mine, later", _world.Get("a (conflict alice 2026-01-01 00.00.00).txt"));
    }

    [Fact]
    public async Task A_touched_file_with_the_same_bytes_is_no_conflict()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        _world.Put("a.txt", "one");
        Assert.True((await _world.SyncAsync(session)).Written);
    }

    [Fact]
    public async Task A_file_that_vanished_is_a_conflict_and_overwrite_brings_it_back()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        _world.Delete("a.txt");
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.SyncAsync(session));
        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Null(error.Details!["actual"]);
        await _world.SyncAsync(session, OnConflict.Overwrite);
        Assert.Equal("two", _world.Get("a.txt"));
    }

    [Fact]
    public async Task A_folder_that_vanished_is_a_conflict_and_is_made_again_for_work_that_shall_stand()
    {
        _world.Put("folder/a.txt", "one");
        var session = await _world.OpenAsync("folder/a.txt");
        await _world.SaveAsync(session, "two");
        _world.Delete("folder/a.txt");
        _world.DeleteFolder("folder");
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.SyncAsync(session));
        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Empty(_world.Files());

        _world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, (await _world.Service.RunFrequentAsync()).KeptBoth);
        Assert.Equal("two", _world.Get(Assert.Single(_world.Files())));
        await _world.SyncAsync(session, OnConflict.Overwrite);
        Assert.Equal("two", _world.Get("folder/a.txt"));
    }

    [Fact]
    public async Task A_lock_keeps_others_from_locking_and_syncing_but_not_from_saving()
    {
        _world.Put("a.txt", "one");
        var holder = await _world.OpenAsync("a.txt", "alice", lockIt: true);
        var other = await _world.OpenAsync("a.txt", "bob");
        var refused = await Assert.ThrowsAsync<CacheException>(() => _world.OpenAsync("a.txt", "bob", lockIt: true));
        Assert.Equal(ErrorCode.Locked, refused.Code);
        Assert.Equal("alice", refused.Details!["holder"]);

        await _world.SaveAsync(other, "bob's");
        refused = await Assert.ThrowsAsync<CacheException>(() => _world.SyncAsync(other));
        Assert.Equal(ErrorCode.Locked, refused.Code);

        await _world.SaveAsync(holder, "alice's");
        await _world.SyncAsync(holder);
        Assert.Equal("alice's", _world.Get("a.txt"));
        await _world.Service.CleanupSessionAsync(Caller.Machine, holder.Id);
        var next = await _world.OpenAsync("a.txt", "bob", lockIt: true);
        Assert.True(next.Lock!.Fence > holder.Lock!.Fence);
    }

    [Fact]
    public async Task Ending_a_session_writes_unsynced_work_back_and_removes_all_its_content()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        await _world.Service.CleanupSessionAsync(Caller.Machine, session.Id);
        Assert.Equal("two", _world.Get("a.txt"));
        Assert.Empty(_world.Contents.Names("sessions"));
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.InfoAsync(session));
        Assert.Equal(ErrorCode.NotFound, error.Code);
    }

    [Fact]
    public async Task Ending_without_a_sync_gives_the_work_up_only_because_it_was_asked_for()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        await _world.Service.CleanupSessionAsync(Caller.Machine, session.Id, syncBeforeCleanup: false);
        Assert.Equal("one", _world.Get("a.txt"));
    }

    [Fact]
    public async Task Ending_a_session_in_conflict_is_refused_and_keeps_it()
    {
        var session = await ConflictAsync();
        await Assert.ThrowsAsync<CacheException>(() => _world.Service.CleanupSessionAsync(Caller.Machine, session.Id));
        Assert.Equal("mine", await _world.ReadAsync(session));
    }

    [Fact]
    public async Task A_read_only_origin_refuses_the_write_back_and_keeps_the_work()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        var error = await Assert.ThrowsAsync<CacheException>(
            () => _world.NewInstance(readOnly: true).SyncToNasAsync(Caller.Machine, session.Id));
        Assert.Equal(ErrorCode.Forbidden, error.Code);
        Assert.True((await _world.InfoAsync(session)).Dirty);
    }

    [Fact]
    public async Task A_user_sees_and_changes_own_sessions_only()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt", "alice");
        var bob = new Caller("bob", IsAdmin: false);
        var unknown = await Assert.ThrowsAsync<CacheException>(
            () => _world.Service.GetSessionInfoAsync(bob, session.Id[..2] + new string('0', 32)));
        foreach (var reach in new Func<Task>[]
        {
            () => _world.Service.GetSessionInfoAsync(bob, session.Id),
            () => _world.Service.FindCachedFileAsync(bob, session.Id),
            () => _world.Service.UpdateCachedFileAsync(bob, session.Id, Stream.Null, 0),
            () => _world.Service.SyncToNasAsync(bob, session.Id),
            () => _world.Service.CleanupSessionAsync(bob, session.Id),
        })
        {
            var error = await Assert.ThrowsAsync<CacheException>(reach);
            Assert.Equal((unknown.Code, unknown.Message), (error.Code, error.Message));
        }

        Assert.Empty((await _world.Service.GetAllActiveSessionsAsync(bob, null, null, 50, null)).Sessions);
        Assert.Single((await _world.Service.GetAllActiveSessionsAsync(new Caller("root", true), null, null, 50, null)).Sessions);
    }

    [Fact]
    public async Task The_timer_writes_back_what_was_unsynced_for_long_enough()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        Assert.Equal(0, (await _world.Service.RunFrequentAsync()).Synced);
        _world.Time.Advance(TimeSpan.FromSeconds(_world.Settings.SyncAfterSeconds));
        Assert.Equal(1, (await _world.Service.RunFrequentAsync()).Synced);
        Assert.Equal("two", _world.Get("a.txt"));
        Assert.Equal(0, (await _world.Service.RunFrequentAsync()).Synced);
    }

    [Fact]
    public async Task A_session_that_cannot_be_written_back_does_not_keep_the_others_from_it()
    {
        foreach (var name in new[] { "a.txt", "b.txt", "c.txt" })
        {
            _world.Put(name, "one");
            var session = await _world.OpenAsync(name);
            await _world.SaveAsync(session, "two");
            if (name == "b.txt")
                await _world.Contents.DeleteAsync("sessions", (await _world.InfoAsync(session)).Content.Name, default);
        }

        _world.Time.Advance(TimeSpan.FromSeconds(_world.Settings.SyncAfterSeconds));
        var report = await _world.Service.RunFrequentAsync();
        Assert.Equal(2, report.Synced);
        Assert.StartsWith("/mnt/nas/b.txt: ", Assert.Single(report.Failed), StringComparison.Ordinal);
        Assert.Equal(("two", "one", "two"), (_world.Get("a.txt"), _world.Get("b.txt"), _world.Get("c.txt")));
        Assert.Equal(["a.txt", "b.txt", "c.txt"], _world.Files());
    }

    [Fact]
    public async Task The_list_gives_every_session_once_page_by_page()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            _world.Put($"f{i % 7}.txt", "x");
            ids.Add((await _world.OpenAsync($"f{i % 7}.txt", i % 2 == 0 ? "alice" : "bob")).Id);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (page, next) = await _world.Service.GetAllActiveSessionsAsync(Caller.Machine, null, null, 4, cursor);
            Assert.InRange(page.Count, 1, 4);
            seen.AddRange(page.Select(session => session.Id));
            cursor = next;
        }
        while (cursor is not null);

        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal(15, (await _world.Service.GetAllActiveSessionsAsync(Caller.Machine, "bob", null, 50, null)).Sessions.Count);
    }

    [Fact]
    public async Task Saves_at_the_same_time_become_versions_one_after_another()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _world.SaveAsync(session, $"text {i}")));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (long)i), saved.Select(each => each.Version).Order());
        foreach (var each in saved) Assert.StartsWith("text ", await _world.ReadAsync(session, each.Version), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_save_may_demand_the_version_it_builds_on()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        var saved = await _world.SaveAsync(session, "two");
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.Service.UpdateCachedFileAsync(
            Caller.Machine, session.Id, new MemoryStream([1]), 1, new Conditions { IfMatch = [session.ETag] }));
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        await _world.Service.UpdateCachedFileAsync(Caller.Machine, session.Id, new MemoryStream([1]), 1, new Conditions { IfMatch = [saved.ETag] });
        Assert.Equal(3, _world.Contents.Names("sessions").Count());
    }

    private async Task<Session> ConflictAsync()
    {
        _world.Put("a.txt", "one");
        var session = await _world.OpenAsync("a.txt");
        await _world.SaveAsync(session, "mine");
        _world.Put("a.txt", "theirs");
        await Assert.ThrowsAsync<CacheException>(() => _world.SyncAsync(session));
        return session;
    }
}
