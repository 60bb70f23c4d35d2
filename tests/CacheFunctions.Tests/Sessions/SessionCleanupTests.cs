using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class SessionCleanupTests : IDisposable
{
    private readonly SessionWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Inactive_sessions_are_ended_and_their_unsynced_work_is_written_back_first()
    {
        var clean = await OpenAsync("clean.txt");
        var dirty = await OpenAsync("dirty.txt");
        await _world.SaveAsync(dirty, "work");
        var conflict = await OpenAsync("conflict.txt");
        await _world.SaveAsync(conflict, "mine");
        _world.Put("conflict.txt", "theirs");
        var locked = await OpenAsync("locked.txt");
        await _world.Service.AcquireLockAsync(Caller.Machine, locked.Id, ttlSeconds: 86_400);
        _world.Time.Advance(TimeSpan.FromMinutes(61));
        var active = await OpenAsync("active.txt");

        var plan = await _world.Service.CleanupInactiveSessionsAsync(Caller.Machine, dryRun: true);
        Assert.Equal([clean.Id, conflict.Id, dirty.Id], Ids(plan.Cleaned));
        Assert.Equal("/mnt/nas/locked.txt", Assert.Single(plan.Kept).NasFilePath);
        Assert.Equal(5, await CountAsync());

        var report = await _world.Service.CleanupInactiveSessionsAsync(Caller.Machine);
        Assert.Equal([clean.Id, conflict.Id, dirty.Id], Ids(report.Cleaned));
        Assert.True(report.IsComplete);
        Assert.Equal("work", _world.Get("dirty.txt"));
        Assert.Equal("theirs", _world.Get("conflict.txt"));
        Assert.Contains(_world.Files(), file => file.StartsWith("conflict (conflict alice", StringComparison.Ordinal) && _world.Get(file) == "mine");
        Assert.Equal(2, await CountAsync());
        Assert.Equal(1, (await _world.InfoAsync(active)).Version);

        string[] Ids(IEnumerable<CleanupEntry> entries) =>
            [.. entries.OrderBy(entry => entry.NasFilePath, StringComparer.Ordinal).Select(entry => entry.SessionId)];
    }

    [Fact]
    public async Task Content_that_no_version_names_is_deleted_once_it_is_a_day_old_and_all_else_stays()
    {
        var session = await OpenAsync("a.txt");
        await _world.SaveAsync(session, "saved");
        var stray = ContentName.Mint(session.Id, RandomIds.Secure);
        var ended = ContentName.Mint(SessionId.Mint(3, RandomIds.Secure), RandomIds.Secure);
        foreach (var name in new[] { stray, ended, "notes/of somebody" })
            await _world.Contents.WriteAsync(ContentName.Sessions, name, new MemoryStream([1]), 1, default);

        Assert.Equal(0, await _world.Service.RunMaintenanceAsync());
        _world.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(2, await _world.Service.RunMaintenanceAsync());
        Assert.Equal(3, _world.Contents.Names(ContentName.Sessions).Count());
        Assert.Equal("saved", await _world.ReadAsync(session));
        Assert.Equal("one", await _world.ReadAsync(session, 1));
    }

    [Fact]
    public async Task Reading_and_saving_keep_a_session_active()
    {
        var session = await OpenAsync("a.txt");
        for (var i = 0; i < 5; i++)
        {
            _world.Time.Advance(TimeSpan.FromMinutes(50));
            await _world.ReadAsync(session);
            Assert.Empty((await _world.Service.CleanupInactiveSessionsAsync(Caller.Machine)).Cleaned);
        }

        _world.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Single((await _world.Service.CleanupInactiveSessionsAsync(Caller.Machine)).Cleaned);
    }

    [Fact]
    public async Task Work_that_cannot_be_written_back_is_kept_with_the_reason()
    {
        var session = await OpenAsync("a.txt");
        await _world.SaveAsync(session, "work");
        _world.Time.Advance(TimeSpan.FromMinutes(61));
        var report = await _world.NewInstance(readOnly: true).CleanupInactiveSessionsAsync(Caller.Machine);
        Assert.Contains("read-only", Assert.Single(report.Kept).Reason, StringComparison.Ordinal);
        Assert.Equal("work", await _world.ReadAsync(session));
    }

    [Fact]
    public async Task A_users_cleanup_and_numbers_are_about_own_sessions()
    {
        await OpenAsync("a.txt", "alice");
        await OpenAsync("b.txt", "bob");
        var alice = new Caller("alice", IsAdmin: false);
        var numbers = await _world.Service.GetCacheStatisticsAsync(alice);
        Assert.Equal((1, 1), (numbers.Total, Assert.Single(numbers.ByUser).Sessions));
        _world.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal("alice", Assert.Single((await _world.Service.CleanupInactiveSessionsAsync(alice)).Cleaned).UserId);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Statistics_count_what_there_is()
    {
        var first = await OpenAsync("a.txt", "alice");
        await OpenAsync("b.txt", "bob");
        await OpenAsync("c.txt", "bob");
        await _world.SaveAsync(first, "longer text");
        await _world.Service.AcquireLockAsync(Caller.Machine, first.Id);
        var numbers = await _world.Service.GetCacheStatisticsAsync(Caller.Machine);
        Assert.Equal((3, 1, 1, 11L + 3 + 3, 11L), (numbers.Total, numbers.Dirty, numbers.Locked, numbers.Bytes, numbers.DirtyBytes));
        Assert.Equal(3, numbers.ByState[SessionState.Active]);
        Assert.Equal(["bob", "alice"], numbers.ByUser.Select(user => user.UserId));
        Assert.Equal(first.CreatedAt, numbers.OldestCreatedAt);
    }

    [Fact]
    public async Task The_log_is_read_newest_first_page_by_page_without_gap_or_repetition()
    {
        for (var i = 0; i < 30; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            var session = await OpenAsync($"{i}.txt", i % 2 == 0 ? "alice" : "bob");
            await _world.SaveAsync(session, "x");
        }

        var all = await PagesAsync(Caller.Machine, _ => true);
        Assert.Equal(60, all.Count);
        Assert.Equal(all.OrderByDescending(each => each.Timestamp).Select(each => each.Timestamp), all.Select(each => each.Timestamp));
        Assert.Equal(60, all.Select(each => each.Id).Distinct().Count());
        Assert.Equal(30, (await PagesAsync(Caller.Machine, each => each.Operation.Type == "session_saved")).Count);
        Assert.All(await PagesAsync(new Caller("bob", false), _ => true), each => Assert.Equal("bob", each.Operation.TriggeredByUser));
        var error = await Assert.ThrowsAsync<CacheException>(
            () => _world.Service.GetOperationsAsync(Caller.Machine, null, _ => true, 5, "zz"));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
    }

    [Fact]
    public async Task A_sessions_history_outlives_the_session()
    {
        var session = await OpenAsync("a.txt");
        await _world.SaveAsync(session, "two");
        await _world.Service.CleanupSessionAsync(Caller.Machine, session.Id);
        var types = new List<string>();
        string? cursor = null;
        do
        {
            var (page, next) = await _world.Service.GetOperationsAsync(Caller.Machine, session.Id, _ => true, 2, cursor);
            types.AddRange(page.Select(each => each.Operation.Type));
            cursor = next;
        }
        while (cursor is not null);
        Assert.Equal(
            ["session_purged", "session_closed", "session_synced", "session_sync_started", "session_saved", "session_created"], types);
    }

    [Fact]
    public async Task The_hourly_run_ends_what_is_inactive_and_forgets_what_has_run_out()
    {
        await OpenAsync("a.txt");
        var key = Idempotency.RequestKey.Of(Caller.Machine, "POST", "/", "k");
        await _world.Service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt"), key);
        _world.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(2, (await _world.Service.RunCleanupAsync()).Cleaned.Count);
        for (var shard = 0; shard < 64; shard++)
            await foreach (var row in _world.Records.QueryAsync("edits", $"{shard:x2}", new("a", "z"), null, default))
                Assert.DoesNotMatch("^[skv]\\|", row.Key);
    }

    private async Task<List<LoggedOperation>> PagesAsync(Caller caller, Func<LoggedOperation, bool> fits)
    {
        var all = new List<LoggedOperation>();
        string? cursor = null;
        do
        {
            var (page, next) = await _world.Service.GetOperationsAsync(caller, null, fits, 7, cursor);
            all.AddRange(page);
            cursor = next;
        }
        while (cursor is not null);
        return all;
    }

    private async Task<int> CountAsync() =>
        (await _world.Service.GetAllActiveSessionsAsync(Caller.Machine, null, null, 50, null)).Sessions.Count;

    private async Task<Session> OpenAsync(string path, string user = "alice")
    {
        if (!_world.Files().Contains(path)) _world.Put(path, "one");
        return await _world.OpenAsync(path, user);
    }
}
