using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

/// <summary>Files that are small enough for a request, but take longer than its caller waits.</summary>
public sealed class SlowOriginTests : IDisposable
{
    private readonly SessionWorld _world = new();
    private readonly GatedContentStore _slow;
    private readonly SessionService _service;
    private readonly JobRunner _jobs;

    public SlowOriginTests()
    {
        _slow = new GatedContentStore(_world.Contents);
        (_service, _jobs) = _world.NewInstanceWithJobs(through: _slow);
        _world.Put("a.txt", "old");
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_copy_that_takes_longer_than_its_caller_waits_goes_on_as_a_job()
    {
        var session = await SlowlyAsync(_service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt", Lock: true)));
        Assert.Equal(SessionState.Preparing, session.State(_world.Time.GetUtcNow()));
        await EndAsync(session.JobId!);
        Assert.Equal("old", await _world.ReadAsync(session));
        Assert.Equal("alice", (await _world.Service.GetLockInfoAsync("a.txt")).Holder!.UserId);
        Assert.Single(_world.Contents.Names("sessions"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_back_that_takes_longer_than_its_caller_waits_goes_on_as_a_job(bool isLocked)
    {
        var session = await _world.OpenAsync("a.txt", lockIt: isLocked);
        await _world.SaveAsync(session, "mine");
        var outcome = await SlowlyAsync(_service.SyncToNasAsync(Caller.Machine, session.Id));
        Assert.False(outcome.Written);
        Assert.Equal("old", _world.Get("a.txt"));
        await EndAsync(outcome.JobId!);
        Assert.Equal("mine", _world.Get("a.txt"));
        Assert.Equal(["a.txt"], _world.Files());
        Assert.False((await _world.InfoAsync(session)).Dirty);
    }

    [Fact]
    public async Task A_conflict_that_is_resolved_for_longer_than_its_caller_waits_goes_on_as_a_job()
    {
        foreach (var (resolution, expected, read) in new[] { (OnConflict.Overwrite, "mine", "mine"), (OnConflict.KeepBoth, "theirs", "mine"), (OnConflict.Discard, "theirs", "theirs") })
        {
            _world.Put("a.txt", "old");
            var session = await _world.OpenAsync("a.txt");
            await _world.SaveAsync(session, "mine");
            _world.Put("a.txt", "theirs");
            await Assert.ThrowsAsync<CacheFunctions.Errors.CacheException>(() => _world.SyncAsync(session));
            var slow = new GatedContentStore(_world.Contents);
            var (service, jobs) = _world.NewInstanceWithJobs(through: slow);
            var syncing = service.SyncToNasAsync(Caller.Machine, session.Id, resolution);
            await slow.Waiting;
            await _world.OutwaitPatienceAsync();
            var outcome = await syncing;
            slow.Open();
            var job = await EndAsync(jobs, outcome.JobId!);
            Assert.True(job.State == JobState.Succeeded, $"{resolution}: {job.Error}");
            Assert.Equal(expected, _world.Get("a.txt"));
            Assert.Equal(read, await _world.ReadAsync(session));
            await _world.Service.CleanupSessionAsync(Caller.Machine, session.Id);
        }
    }

    [Fact]
    public async Task An_instance_that_dies_while_a_request_becomes_a_job_leaves_the_file_whole_and_the_work_to_others()
    {
        // More than the request and the beginning of its job take. Then the job goes on to renew its lease, as long as one looks.
        const int Steps = 60;
        var outlived = 0;
        for (var step = 1; step <= Steps; step++)
        {
            using var world = new SessionWorld();
            world.Put("a.txt", "old");
            var session = await world.OpenAsync("a.txt");
            await world.SaveAsync(session, "mine");
            var slow = new GatedContentStore(world.Contents);
            var death = new Death(step);
            var syncing = world.NewInstanceWithJobs(death: death, through: slow).Service.SyncToNasAsync(Caller.Machine, session.Id);
            if (await Task.WhenAny(slow.Waiting, syncing) == slow.Waiting) await world.OutwaitPatienceAsync();
            try
            {
                await syncing;
                outlived++;
            }
            catch (InstanceDiedException)
            {
                // Another instance goes on.
            }

            Assert.Equal("old", world.Get("a.txt"));
            for (var run = 0; run < 3; run++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(5));
                await world.RunTimerAsync();
            }

            Assert.Equal("mine", world.Get("a.txt"));
            Assert.False((await world.InfoAsync(session)).Dirty);
            slow.Open();
        }

        Assert.InRange(outlived, 1, Steps - 10);
    }

    private async Task<T> SlowlyAsync<T>(Task<T> request)
    {
        await _slow.Waiting;
        await _world.OutwaitPatienceAsync();
        return await request;
    }

    private async Task EndAsync(string job)
    {
        Assert.Equal(JobState.Running, (await _jobs.GetAsync(Caller.Machine, job, default)).State);
        _slow.Open();
        Assert.Equal(JobState.Succeeded, (await EndAsync(_jobs, job)).State);
    }

    /// <summary>Each look lets the job's own tasks run.</summary>
    private static async Task<Job> EndAsync(JobRunner jobs, string job)
    {
        for (var look = 0; look < 100_000; look++)
        {
            var now = await jobs.GetAsync(Caller.Machine, job, default);
            if (now.State != JobState.Running) return now;
            await Task.Yield();
        }

        throw new TimeoutException("The job did not end.");
    }
}
