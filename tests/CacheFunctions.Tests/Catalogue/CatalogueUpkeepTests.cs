using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Upkeep;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>Passes over the whole catalogue bring records and copies together again.</summary>
public sealed class CatalogueUpkeepTests
{
    [Fact]
    public async Task A_file_whose_copy_is_gone_is_orphaned_and_active_again_when_the_copy_is()
    {
        using var world = new CatalogueWorld();
        var files = new List<CachedFile>();
        for (var i = 0; i < 40; i++)
        {
            world.Put($"{i}.txt", $"text {i}");
            files.Add(await world.AddAsync($"{i}.txt"));
        }

        await world.Contents.DeleteAsync(ContentName.Cache, files[7].Content!, default);
        var report = Read(await world.Service.CleanupOrphanedFilesAsync(Caller.Machine, false));
        Assert.Equal((40, 1, 0, 16), ((int)report.Checked, (int)report.Orphaned, (int)report.Removed, report.Slices));
        Assert.Equal(FileStatus.Orphaned, await world.StatusAsync(files[7]));
        Assert.Equal(0, Read(await world.Service.CleanupOrphanedFilesAsync(Caller.Machine, false)).Orphaned);

        await world.Contents.WriteAsync(ContentName.Cache, files[7].Content!, new MemoryStream("text 7"u8.ToArray()), 6, default);
        Assert.Equal(1, Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine)).Restored);
        Assert.Equal(FileStatus.Active, await world.StatusAsync(files[7]));

        await world.Contents.DeleteAsync(ContentName.Cache, files[7].Content!, default);
        report = Read(await world.Service.CleanupOrphanedFilesAsync(Caller.Machine, true));
        Assert.Equal((1, 1), ((int)report.Orphaned, (int)report.Removed));
        Assert.Equal(FileStatus.Removed, await world.StatusAsync(files[7]));
    }

    [Fact]
    public async Task A_recorded_copy_is_looked_for_where_it_lies()
    {
        using var world = new CatalogueWorld();
        world.Put("copy.mkv", "bytes");
        var file = (await world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("/x/file.mkv", CachedPath: "/mnt/nas/copy.mkv"))).File!;
        Assert.Equal(0, Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine)).Orphaned);
        world.Delete("copy.mkv");
        Assert.Equal(1, Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine)).Orphaned);
        Assert.Equal(FileStatus.Orphaned, await world.StatusAsync(file));
    }

    [Fact]
    public async Task Copies_that_no_file_names_are_swept_once_they_are_a_day_old_and_nothing_else_is()
    {
        using var world = new CatalogueWorld();
        world.Put("a.txt", "one");
        var file = await world.AddAsync("a.txt");
        var ofNobody = ContentName.Mint(CachedFileId.Of("nobody").ToString(), RandomIds.Secure);
        var second = ContentName.Mint(file.Id.ToString(), RandomIds.Secure);
        var foreign = "notes/readme.txt";
        foreach (var name in new[] { ofNobody, second, foreign })
            await world.Contents.WriteAsync(ContentName.Cache, name, new MemoryStream([1]), 1, default);

        Assert.Equal(0, Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine)).Swept);
        world.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(0, Read(await world.Service.CleanupOrphanedFilesAsync(Caller.Machine, true)).Swept);
        Assert.Equal(2, Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine)).Swept);
        Assert.Equal(new[] { file.Content!, foreign }.Order(), world.Copies.Order());
        Assert.Equal("one", await world.ReadAsync(file));
    }

    [Fact]
    public async Task A_file_whose_original_is_gone_is_told_of_and_kept()
    {
        using var world = new CatalogueWorld();
        world.Put("a.txt", "one");
        world.Put("b.txt", "two");
        var file = await world.AddAsync("a.txt");
        await world.AddAsync("b.txt");
        world.Delete("a.txt");
        var report = Read(await world.Service.VerifyCacheIntegrityAsync(Caller.Machine));
        Assert.Equal((1, "a.txt"), ((int)report.OriginMissing, Assert.Single(report.OriginMissingPaths!)));
        Assert.Equal("one", await world.ReadAsync(file));
    }

    [Fact]
    public async Task Removed_files_are_forgotten_after_their_days_and_the_log_stays()
    {
        using var world = new CatalogueWorld();
        world.Put("a.txt", "one");
        world.Put("b.txt", "two");
        var (old, kept) = (await world.AddAsync("a.txt", "user0"), await world.AddAsync("b.txt"));
        for (var i = 1; i < 200; i++) await world.Service.AddUserToFileAsync(Caller.Machine, old.Id, $"user{i}", "shared");
        await world.Service.RemoveCachedFileAsync(Caller.Machine, old.Id, "done");
        world.Time.Advance(TimeSpan.FromDays(10));
        await world.Service.RemoveCachedFileAsync(Caller.Machine, kept.Id, "done");

        Assert.Equal(1, Read(await world.Service.CleanupRemovedFilesAsync(Caller.Machine, 7)).Purged);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(() => world.Service.GetCachedFileByIdAsync(Caller.Machine, old.Id))).Code);
        Assert.Equal(FileStatus.Removed, await world.StatusAsync(kept));
        var (log, _) = await world.Service.GetOperationLogsAsync(
            Caller.Machine, operation => operation.Operation.Entity == old.Id.ToString() && operation.Operation.Type is "file_cached" or "file_purged", 10, null);
        Assert.Equal(["file_purged", "file_cached"], log.Where(logged => logged.Operation.Entity == old.Id.ToString()).Select(logged => logged.Operation.Type));
    }

    [Fact]
    public async Task A_pass_whose_instance_died_is_gone_on_with()
    {
        using var world = new CatalogueWorld();
        world.Put("a.txt", "one");
        var file = await world.AddAsync("a.txt");
        await world.Contents.DeleteAsync(ContentName.Cache, file.Content!, default);
        for (var steps = 1; ; steps++)
        {
            var death = new Death(steps);
            var (service, _) = world.NewInstance(death);
            try
            {
                await service.CleanupOrphanedFilesAsync(Caller.Machine, false);
                break;
            }
            catch (InstanceDiedException)
            {
                world.Time.Advance(TimeSpan.FromMinutes(2));
                await world.Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
            }

            // The many calls of a pass are alike: a few of each kind are enough.
            if (steps > 8) steps += 11;
        }

        Assert.Equal(FileStatus.Orphaned, await world.StatusAsync(file));
    }

    [Fact]
    public async Task Nobody_but_admins_and_machines_may_run_one()
    {
        using var world = new CatalogueWorld();
        var user = new Caller("alice", false);
        foreach (var call in new Func<Task>[]
        {
            () => world.Service.VerifyCacheIntegrityAsync(user),
            () => world.Service.CleanupOrphanedFilesAsync(user, true, "alice"),
            () => world.Service.CleanupRemovedFilesAsync(user, 0),
        })
        {
            Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CacheException>(call)).Code);
        }
    }

    private static UpkeepReport Read(Job job)
    {
        Assert.Equal(JobState.Succeeded, job.State);
        return UpkeepReport.Read(job.Result);
    }
}
