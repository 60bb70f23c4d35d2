using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Sessions;

/// <summary>A write back sleeps past its deadline at any step; meanwhile another instance ends the session, and it wakes up.</summary>
public sealed class SleeperTests
{
    private readonly MemoryRecordStore _records = new();
    private readonly MemoryContentStore _contents = new();
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sleeper_whose_session_was_given_up_meanwhile_is_told_that_it_is_gone(bool isOriginAway)
    {
        var told = new HashSet<ErrorCode>();
        for (var step = 1; ; step++)
        {
            var disk = new MemoryDisk(_time);
            disk.Put("a.txt", "old"u8.ToArray());
            var link = new InterruptedLink();
            var (sleeper, other) = (Instance(disk, link), Instance(disk, Link.Sound));
            var session = await other.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt"));
            await other.UpdateCachedFileAsync(Caller.Machine, session.Id, new MemoryStream("new"u8.ToArray()), 3);
            link.After(step, async () =>
            {
                _time.Advance(TimeSpan.FromMinutes(5));
                await other.CleanupSessionAsync(Caller.Machine, session.Id, syncBeforeCleanup: false);
                if (isOriginAway) link.Break();
            });

            var error = await Record.ExceptionAsync(() => sleeper.SyncToNasAsync(Caller.Machine, session.Id));

            if (!link.HasActed) break;
            told.Add(Assert.IsType<CacheException>(error).Code);
            if (!isOriginAway) Assert.Equal(["a.txt"], disk.Files.Keys);
        }

        // Before its write was announced, an origin that does not answer is all that it knows of.
        Assert.Equal(isOriginAway ? [ErrorCode.Unavailable, ErrorCode.NotFound] : [ErrorCode.NotFound], told);
    }

    [Fact]
    public async Task What_a_job_had_claimed_when_it_died_is_removed_by_whoever_ends_that_write()
    {
        for (var step = 1; ; step++)
        {
            var disk = new MemoryDisk(_time);
            disk.Put("a.txt", "old"u8.ToArray());
            var link = new InterruptedLink();
            var (sleeper, other) = (Instance(disk, link, largeBytes: 2), Instance(disk, Link.Sound, largeBytes: 2));
            var session = await other.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt"));
            await other.UpdateCachedFileAsync(Caller.Machine, session.Id, new MemoryStream("new content"u8.ToArray()), 11);
            link.After(step, async () =>
            {
                // Another run of the job gets as far as this, and dies before it has recorded it.
                if (disk.Files.Keys.FirstOrDefault(name => name.EndsWith(".part", StringComparison.Ordinal)) is not { } part) return;
                var staged = new StagedFile("a.txt", part[..^".part".Length]);
                await new MemoryOrigin("nas", disk, Link.Sound).ClaimAsync(staged, default);
            });

            var error = await Record.ExceptionAsync(() => sleeper.SyncToNasAsync(Caller.Machine, session.Id));
            if (!link.HasActed) return;

            if (error is not null) await other.SyncToNasAsync(Caller.Machine, session.Id);
            Assert.Equal("new content"u8.ToArray(), disk.Find("a.txt")!.Bytes);
            Assert.All(disk.Files.Where(file => file.Key != "a.txt"), file => Assert.Empty(file.Value.Bytes));
        }
    }

    [Fact]
    public async Task A_first_copy_that_fails_late_does_not_end_the_session_that_another_run_has_made_ready()
    {
        var late = 0;
        for (var step = 1; ; step++)
        {
            var disk = new MemoryDisk(_time);
            // Another name each time: what storage has a copy of needs no job.
            var path = FormattableString.Invariant($"a{step}.txt");
            disk.Put(path, "old content"u8.ToArray());
            var link = new InterruptedLink();
            var sleeper = Instance(disk, link, largeBytes: 2);
            // Its clock is ahead, so it takes the job for left behind.
            var (other, jobs) = InstanceWithJobs(disk, Link.Sound, 2, new SkewedTime(_time, TimeSpan.FromMinutes(5), 0));
            string? saved = null;
            link.After(step, async () =>
            {
                await jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
                var (open, _) = await other.GetAllActiveSessionsAsync(Caller.Machine, null, null, 1000, null);
                if (open.FirstOrDefault(each => each.Path == path) is not { Version: 1 } session) return;
                saved = (await other.UpdateCachedFileAsync(Caller.Machine, session.Id, new MemoryStream("new"u8.ToArray()), 3)).Id;
                disk.Delete(path);
            });

            await Record.ExceptionAsync(() => sleeper.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", path)));
            if (!link.HasActed) break;
            if (saved is null) continue;
            late++;
            Assert.Equal(2, (await other.GetSessionInfoAsync(Caller.Machine, saved)).Version);
        }

        Assert.NotEqual(0, late);
    }

    private SessionService Instance(MemoryDisk disk, Link link, long largeBytes = 1000) =>
        InstanceWithJobs(disk, link, largeBytes, _time).Service;

    private (SessionService Service, JobRunner Jobs) InstanceWithJobs(MemoryDisk disk, Link link, long largeBytes, TimeProvider clock)
    {
        var origins = new OriginSet([new NamedOrigin(new MemoryOrigin("nas", disk, link), "/mnt/nas/")], null);
        var table = new RecordTable(_records, SessionStore.TableName, 2, clock);
        var jobs = new JobStore(_records, clock);
        var runner = new JobRunner(jobs, clock);
        var settings = new SessionSettings { LargeBytes = largeBytes };
        return (new SessionService(new SessionStore(table, _contents, origins, jobs, clock), runner, settings), runner);
    }
}
