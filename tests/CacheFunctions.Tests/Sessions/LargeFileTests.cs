using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Sessions;

/// <summary>Files that are copied and written back by jobs.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const long Large = (20 << 20) + 3;

    private readonly SessionWorld _world = new(largeBytes: 1 << 20);

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_large_file_that_is_copied_quickly_is_answered_as_any_other()
    {
        _world.Put("a.bin", PatternStream.Bytes((int)Large));
        var session = await _world.OpenAsync("a.bin");
        Assert.Equal(1, session.Version);
        Assert.Equal(Large, session.Content.SizeBytes);
        Assert.Null(session.JobId);
        await AssertReadsAsync(session, Large);
    }

    [Fact]
    public async Task A_copy_that_takes_long_is_answered_as_preparing_and_becomes_ready()
    {
        _world.Put("a.bin", PatternStream.Bytes((int)Large));
        var slow = new GatedContentStore(_world.Contents);
        var (service, jobs) = _world.NewInstanceWithJobs(through: slow);
        var creating = service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.bin", Lock: true));
        await slow.Waiting;
        await _world.OutwaitPatienceAsync();
        var session = await creating;
        Assert.Equal(SessionState.Preparing, session.State(_world.Time.GetUtcNow()));
        Assert.NotNull(session.Lock);

        foreach (var use in new Func<Task>[]
        {
            () => service.FindCachedFileAsync(Caller.Machine, session.Id),
            () => service.UpdateCachedFileAsync(Caller.Machine, session.Id, Stream.Null, 0),
            () => service.SyncToNasAsync(Caller.Machine, session.Id),
            () => service.GetVersionsAsync(Caller.Machine, session.Id),
        })
        {
            var error = await Assert.ThrowsAsync<CacheException>(use);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
            Assert.NotNull(error.RetryAfter);
        }

        var job = await jobs.GetAsync(Caller.Machine, session.JobId!, default);
        Assert.Equal((JobState.Running, Large), (job.State, job.BytesTotal));
        slow.Open();
        await slow.Done;
        await UntilAsync(async () => (await _world.InfoAsync(session)).Version == 1);
        Assert.Equal("alice", (await _world.Service.GetLockInfoAsync("a.bin")).Holder!.UserId);
        await AssertReadsAsync(session, Large);
        await UntilAsync(async () => (await jobs.GetAsync(Caller.Machine, job.Id, default)).State == JobState.Succeeded);
    }

    [Fact]
    public async Task A_session_that_is_ended_while_it_is_prepared_leaves_nothing()
    {
        _world.Put("a.bin", PatternStream.Bytes((int)Large));
        var slow = new GatedContentStore(_world.Contents);
        var (service, jobs) = _world.NewInstanceWithJobs(through: slow);
        var creating = service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.bin", Lock: true));
        await slow.Waiting;
        await _world.OutwaitPatienceAsync();
        var session = await creating;
        await service.CleanupSessionAsync(Caller.Machine, session.Id);
        slow.Open();
        await UntilAsync(async () => (await jobs.GetAsync(Caller.Machine, session.JobId!, default)).State == JobState.Failed);
        Assert.False(await _world.Service.IsFileLockedAsync("a.bin"));
        Assert.Empty((await _world.Service.GetAllActiveSessionsAsync(Caller.Machine, null, null, 10, null)).Sessions);
        // The copy came to its end only after everything of the session had been removed.
        Assert.True(slow.Done.IsCompletedSuccessfully);
        Assert.Empty(_world.Contents.Names("sessions"));
    }

    [Fact]
    public async Task A_copy_cut_off_at_any_step_is_finished_by_another_instance_or_was_never_begun()
    {
        var crashes = 0;
        for (var step = 1; step < 300; step++)
        {
            using var world = new SessionWorld(largeBytes: 1);
            world.Put("a.txt", "content");
            var death = new Death(step);
            try
            {
                await world.NewInstance(death: death).CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt", Lock: true));
                if (!death.HasDied) break;
            }
            catch (InstanceDiedException)
            {
                crashes++;
            }

            world.Time.Advance(TimeSpan.FromMinutes(5));
            await world.RunTimerAsync();
            var (open, _) = await world.Service.GetAllActiveSessionsAsync(Caller.Machine, null, null, 10, null);
            foreach (var session in open)
            {
                Assert.Equal(1, session.Version);
                Assert.Equal("content", await world.ReadAsync(session));
            }

            Assert.Equal(open.Count, world.Contents.Names("sessions").Count());
        }

        Assert.InRange(crashes, 10, 298);
    }

    [Fact]
    public async Task A_write_back_cut_off_in_the_middle_goes_on_where_it_was()
    {
        _world.Put("a.bin", "old");
        var session = await _world.OpenAsync("a.bin");
        await _world.Service.UpdateCachedFileAsync(Caller.Machine, session.Id, new PatternStream(Large), Large);
        var death = new Death(70);
        await Assert.ThrowsAsync<InstanceDiedException>(
            () => _world.NewInstance(death: death).SyncToNasAsync(Caller.Machine, session.Id));
        Assert.Equal("old", _world.Get("a.bin"));
        var written = _world.Sizes().Max();
        Assert.InRange(written, 8 << 20, Large - 1);

        _world.Time.Advance(TimeSpan.FromMinutes(5));
        var counting = new GatedContentStore(_world.Contents);
        counting.Open();
        var (_, jobs) = _world.NewInstanceWithJobs(through: counting);
        Assert.Equal(1, await jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default));
        Assert.InRange(counting.BytesRead, 1, Large - (8 << 20));
        Assert.Equal(Large, _world.Sizes().Single());
        Assert.False((await _world.InfoAsync(session)).Dirty);
    }

    [Fact]
    public async Task Opening_the_same_version_again_reads_nothing_from_the_origin()
    {
        _world.Put("a.bin", PatternStream.Bytes((int)Large));
        var first = await _world.OpenAsync("a.bin");
        var counting = new GatedContentStore(_world.Contents);
        var second = await _world.NewInstanceWithJobs(through: counting).Service.CreateCacheSessionAsync(
            Caller.Machine, new CreateSession("bob", "a.bin"));
        Assert.Equal(0, counting.BytesWritten);
        Assert.Equal(1, second.Version);
        await _world.Service.CleanupSessionAsync(Caller.Machine, first.Id);
        await AssertReadsAsync(second, Large);

        await _world.Service.UpdateCachedFileAsync(Caller.Machine, second.Id, new PatternStream(Large, 5), Large);
        await _world.SyncAsync(second);
        var third = await _world.NewInstanceWithJobs(through: counting).Service.CreateCacheSessionAsync(
            Caller.Machine, new CreateSession("bob", "a.bin"));
        Assert.Equal(0, counting.BytesWritten);
        await AssertReadsAsync(third, Large, 5);
    }

    [Fact]
    public async Task A_write_back_that_takes_long_is_a_job_and_a_second_request_finds_it()
    {
        _world.Put("a.bin", "old");
        var session = await _world.OpenAsync("a.bin");
        await _world.Service.UpdateCachedFileAsync(Caller.Machine, session.Id, new PatternStream(Large), Large);
        var slow = new GatedContentStore(_world.Contents);
        var (service, jobs) = _world.NewInstanceWithJobs(through: slow);
        var syncing = service.SyncToNasAsync(Caller.Machine, session.Id);
        await slow.Waiting;
        await _world.OutwaitPatienceAsync();
        var outcome = await syncing;
        Assert.NotNull(outcome.JobId);
        Assert.False(outcome.Written);
        Assert.Equal(SessionState.Syncing, (await _world.InfoAsync(session)).State(_world.Time.GetUtcNow()));
        Assert.Equal(outcome.JobId, (await _world.SyncAsync(session)).JobId);
        var error = await Assert.ThrowsAsync<CacheException>(() => _world.Service.CleanupSessionAsync(Caller.Machine, session.Id));
        Assert.Equal(ErrorCode.Conflict, error.Code);

        slow.Open();
        await UntilAsync(async () => (await jobs.GetAsync(Caller.Machine, outcome.JobId!, default)).State == JobState.Succeeded);
        Assert.Equal(Large, _world.Sizes().Single());
        await _world.Service.CleanupSessionAsync(Caller.Machine, session.Id);
    }

    private async Task AssertReadsAsync(Session session, long length, long start = 0)
    {
        var (_, content, _) = await _world.Service.FindCachedFileAsync(Caller.Machine, session.Id);
        await using var stream = await _world.Service.GetCachedFileAsync(content);
        await PatternStream.AssertEqualAsync(stream, length, start);
    }

    /// <summary>Waits for what another task does; each look lets it run.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var look = 0; look < 100_000; look++)
        {
            if (await condition()) return;
            await Task.Yield();
        }

        Assert.Fail("It did not come to pass.");
    }
}
