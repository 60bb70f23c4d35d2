using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Uploads;

namespace CacheFunctions.Tests.Uploads;

/// <summary>What becomes of an upload when all of it is there.</summary>
public sealed class UploadEndTests : IDisposable
{
    private const int Length = 5_000;

    private readonly UploadWorld _world = new();

    public UploadEndTests() => _world.Sessions.Put("a.txt", "old");

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task An_upload_becomes_a_session_s_next_version()
    {
        var session = await _world.Sessions.OpenAsync("a.txt");
        var upload = await _world.BeginAsync(session, Length);
        var sent = await _world.SendAsync(upload);
        Assert.Equal((Length, null), (sent.Offset, sent.JobId));
        Assert.Equal(2, await _world.AssertVersionAsync(session, Length));
        var info = await _world.Sessions.InfoAsync(session);
        Assert.True(info.Dirty);
        Assert.Equal(info.ETag, (await _world.FindAsync(upload)).Upload.ETag);
        Assert.Equal(0, _world.Store.Count);
        await _world.BeginAsync(session, 0);
        Assert.Equal(3, await _world.AssertVersionAsync(session, 0));
    }

    [Fact]
    public async Task What_does_not_hold_when_it_begins_refuses_it()
    {
        var session = await _world.Sessions.OpenAsync("a.txt", lockIt: true);
        foreach (var conditions in new[] { new Conditions { Fence = session.Lock!.Fence + 1 }, new Conditions { IfMatch = ["\"other\""] } })
            await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.BeginAsync(session, Length, conditions));
        await RefusedAsync(ErrorCode.NotFound, () => _world.Uploads.CreateAsync(new Caller("bob", false), session.Id, Conditions.None, Length, "", default));
        Assert.Equal(0, _world.Store.Count);
    }

    /// <summary>The same answer to the last piece, to it said again, and to the question where the upload is.</summary>
    [Fact]
    public async Task What_does_not_hold_any_more_at_its_end_refuses_it_again_and_again()
    {
        var session = await _world.Sessions.OpenAsync("a.txt");
        var upload = await _world.BeginAsync(session, Length, new Conditions { IfMatch = [session.ETag] });
        await _world.Sessions.SaveAsync(session, "meanwhile");
        for (var i = 0; i < 2; i++)
        {
            await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.SendAsync(upload));
            await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.FindAsync(upload));
        }

        Assert.Equal("meanwhile", await _world.Sessions.ReadAsync(session));
        Assert.Equal((0, 0), await _world.Uploads.RunCleanupAsync());
        await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.FindAsync(upload));
        _world.Sessions.Time.Advance(ResumableUploads.Lifetime);
        Assert.Equal((1, 0), await _world.Uploads.RunCleanupAsync());
        Assert.Equal(0, _world.Store.Count);
    }

    [Fact]
    public async Task A_fence_that_has_become_stale_refuses_it_until_the_new_one_is_shown()
    {
        var session = await _world.Sessions.OpenAsync("a.txt", lockIt: true);
        var upload = await _world.BeginAsync(session, Length, new Conditions { Fence = session.Lock!.Fence });
        await _world.Sessions.Service.BreakLockAsync(Caller.Machine, "a.txt");
        var other = await _world.Sessions.OpenAsync("a.txt", "bob", lockIt: true);
        await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.SendAsync(upload));
        await _world.Sessions.Service.ReleaseLockAsync(Caller.Machine, other.Id);
        var again = await _world.Sessions.Service.AcquireLockAsync(Caller.Machine, session.Id);
        await RefusedAsync(ErrorCode.PreconditionFailed, () => _world.FindAsync(upload));
        Assert.Equal("old", await _world.Sessions.ReadAsync(session));
        var state = await _world.Uploads.AppendAsync(Caller.Machine, upload.Id, Length, Stream.Null, 0, null, again.Lock!.Fence, default);
        Assert.True(state.Upload.IsFinished);
        await _world.AssertVersionAsync(session, Length);
    }

    [Fact]
    public async Task A_session_that_has_ended_takes_nothing_more()
    {
        var session = await _world.Sessions.OpenAsync("a.txt");
        var upload = await _world.BeginAsync(session, Length);
        await _world.Sessions.Service.CleanupSessionAsync(Caller.Machine, session.Id);
        await RefusedAsync(ErrorCode.NotFound, () => _world.SendAsync(upload));
        Assert.Empty(_world.Sessions.Contents.Names("sessions"));
    }

    [Fact]
    public async Task Wherever_its_instance_dies_it_becomes_one_version()
    {
        var outlived = 0;
        for (var step = 1; outlived < 2; step++)
        {
            using var world = new UploadWorld();
            world.Sessions.Put("a.txt", "old");
            var session = await world.Sessions.OpenAsync("a.txt");
            var upload = await world.BeginAsync(session, Length, new Conditions { IfMatch = [session.ETag] });
            try
            {
                await UploadWorld.SendAsync(world.NewInstance(new Death(step)).Uploads, upload);
                outlived++;
            }
            catch (InstanceDiedException)
            {
                // Its client asks another instance where to go on, as often as it likes.
            }

            var state = await world.FindAsync(upload);
            if (state.Offset == 0) state = await world.SendAsync(upload);
            Assert.Equal((true, Length), (state.Upload.IsFinished, state.Offset));
            Assert.Equal((await world.Sessions.InfoAsync(session)).ETag, (await world.FindAsync(upload)).Upload.ETag);
            Assert.True(await world.AssertVersionAsync(session, Length) == 2, $"Step {step}");
            world.Sessions.Time.Advance(ResumableUploads.Lifetime);
            await world.Uploads.RunCleanupAsync();
            Assert.Equal(0, world.Store.Count);
        }
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, 1_000L)]
    [InlineData(true, null)]
    [InlineData(true, 1_000L)]
    public async Task What_takes_longer_than_its_caller_waits_goes_on_as_a_job(bool isVersion, long? largeBytes)
    {
        var session = await _world.Sessions.OpenAsync("a.txt");
        var upload = isVersion ? await _world.BeginAsync(session, Length) : await _world.BeginFileAsync(Length);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Store.Gate = gate.Task;
        var (uploads, _, jobs) = _world.NewInstance(largeBytes: largeBytes);
        var sending = UploadWorld.SendAsync(uploads, upload);
        await _world.Sessions.OutwaitPatienceAsync();
        var sent = await sending;
        Assert.Equal((Length, false), (sent.Offset, sent.Upload.IsFinished));
        // Whoever asks meanwhile is told of the same job.
        var asking = _world.FindAsync(upload);
        await _world.Sessions.Time.UntilAsync(() => Task.FromResult(asking.IsCompleted), TimeSpan.FromSeconds(5));
        Assert.Equal(sent.JobId, (await asking).JobId);
        Assert.Equal(JobState.Running, (await jobs.GetAsync(Caller.Machine, sent.JobId!, default)).State);

        gate.SetResult();
        await _world.Sessions.Time.UntilAsync(async () => (await jobs.GetAsync(Caller.Machine, sent.JobId!, default)).State == JobState.Succeeded);
        Assert.Equal((true, null), ((await _world.FindAsync(upload)) is { Upload.IsFinished: var isFinished, JobId: var job } ? (isFinished, job) : default));
        if (isVersion) Assert.Equal(2, await _world.AssertVersionAsync(session, Length));
        else await _world.AssertFileAsync(Length);
        Assert.Equal(0, _world.Store.Count);
    }

    [Fact]
    public async Task A_job_whose_instance_died_is_gone_on_with()
    {
        var session = await _world.Sessions.OpenAsync("a.txt");
        var outlived = 0;
        for (var step = 1; outlived < 2; step++)
        {
            var upload = await _world.BeginAsync(session, Length);
            try
            {
                await UploadWorld.SendAsync(_world.NewInstance(new Death(step), largeBytes: 1).Uploads, upload, step);
                outlived++;
            }
            catch (InstanceDiedException)
            {
                _world.Sessions.Time.Advance(TimeSpan.FromMinutes(5));
                await _world.Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
                await _world.Uploads.RunCleanupAsync();
            }

            if ((await _world.FindAsync(upload)).Offset == 0) await _world.SendAsync(upload, step);
            Assert.Equal(step + 1, await _world.AssertVersionAsync(session, Length, step));
        }
    }

    private static async Task RefusedAsync<T>(ErrorCode code, Func<Task<T>> act) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<CacheException>(act)).Code);
}
