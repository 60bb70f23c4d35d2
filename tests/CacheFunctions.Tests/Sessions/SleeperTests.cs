using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Sessions;

/// <summary>A write back sleeps past its deadline at any step; meanwhile another instance ends the session, and it wakes up.</summary>
public sealed class SleeperTests
{
    private readonly MemoryRecordStore _records = new();
    private readonly MemoryContentStore _contents = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_sleeper_whose_session_was_given_up_meanwhile_is_told_that_it_is_gone()
    {
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
            });

            var error = await Record.ExceptionAsync(() => sleeper.SyncToNasAsync(Caller.Machine, session.Id));

            if (!link.HasActed) return;
            Assert.Equal((step, ErrorCode.NotFound), (step, Assert.IsType<CacheException>(error).Code));
            Assert.Equal(["a.txt"], disk.Files.Keys);
        }
    }

    private SessionService Instance(MemoryDisk disk, Link link)
    {
        var origins = new OriginSet([new NamedOrigin(new MemoryOrigin("nas", disk, link), "/mnt/nas/")], null);
        var table = new RecordTable(_records, SessionStore.TableName, 2, _time);
        var jobs = new JobStore(_records, _time);
        return new SessionService(new SessionStore(table, _contents, origins, jobs, _time), new JobRunner(jobs, _time), new SessionSettings());
    }
}
