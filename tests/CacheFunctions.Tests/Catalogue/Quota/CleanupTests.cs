using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Catalogue.Quota;

/// <summary>What the hourly timer does: expired files go, then those that the quota demands.</summary>
public sealed class CleanupTests
{
    [Fact]
    public async Task Files_expire_a_while_after_they_were_cached_or_last_used()
    {
        using var world = EvictionTests.World(ttlSeconds: 3600);
        var files = await EvictionTests.FillAsync(world, 5);
        world.Put("elsewhere", "bytes");
        var recorded = (await world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("/x/recorded", CachedPath: "/mnt/nas/elsewhere"))).File!;
        await world.Service.PinFileAsync(Caller.Machine, files[0].Id, true);
        world.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((0, 0), await world.Service.RunCleanupAsync());
        await world.Service.UpdateFileAccessAsync(Caller.Machine, files[1].Id);
        // A hit that only the notices tell of.
        var (other, _) = world.NewInstance();
        other.NoteServed(await other.FindContentAsync(Caller.Machine, "2"), 100);
        world.Time.Advance(TimeSpan.FromMinutes(40));
        await world.UntilAsync(
            async () => (await world.Service.GetCachedFilesAsync(Caller.Machine, new(new()))).Files.Count(file => file.AccessCount == 1) == 2,
            TimeSpan.FromSeconds(1));

        Assert.Equal((2, 0), await world.Service.RunCleanupAsync());
        var expired = await world.OperationsAsync("file_expired");
        Assert.Equal(["3", "4"], expired.Select(operation => operation.FilePath).Order());
        Assert.All(expired, operation => Assert.Equal(("timer", "not used for 3600 seconds (Cache:TtlSeconds)"), (operation.TriggeredBy, operation.Reason)));
        Assert.Equal(3600, JsonDocument.Parse(expired[0].Metadata!).RootElement.GetProperty("ttl_seconds").GetInt32());
        Assert.Equal(3, world.Copies.Count());
        Assert.Equal(FileStatus.Active, await world.StatusAsync(recorded));
        Assert.Equal((0, 0), await world.Service.RunCleanupAsync());

        world.Time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal((2, 0), await world.Service.RunCleanupAsync());
        Assert.Equal(FileStatus.Active, await world.StatusAsync(files[0]));
    }

    [Fact]
    public async Task What_is_above_the_low_watermark_goes_by_the_hour_unless_it_is_protected()
    {
        using var world = EvictionTests.World();
        var files = await EvictionTests.FillAsync(world, 9);
        foreach (var file in files.Skip(1)) await world.Service.PinFileAsync(Caller.Machine, file.Id, true);
        Assert.Equal((0, 1), await world.Service.RunCleanupAsync());
        Assert.Equal(800, await world.StoredBytesAsync());
        await EvictionTests.AddAsync(world, "new", 50);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((0, 1), await world.Service.RunCleanupAsync());
        Assert.Equal((0, 0), await world.Service.RunCleanupAsync());
    }

    [Fact]
    public async Task An_eviction_whose_instance_died_anywhere_leaves_nothing_half_removed_after_the_next()
    {
        var deaths = 0;
        for (var step = 1; ; step++)
        {
            using var world = EvictionTests.World("sieve");
            // Before the lease the loading of the index has most of the steps.
            var files = await EvictionTests.FillAsync(world, 9);
            var hasEnded = true;
            try
            {
                await world.NewInstance(new Death(step * 3)).Service.RunCleanupAsync();
            }
            catch (InstanceDiedException)
            {
                hasEnded = false;
                deaths++;
            }

            world.Time.Advance(TimeSpan.FromMinutes(2));
            await world.Service.RunCleanupAsync();
            world.Time.Advance(TimeSpan.FromDays(2));
            await world.Service.VerifyCacheIntegrityAsync(Caller.Machine);
            Assert.Equal(800, await world.StoredBytesAsync());
            Assert.Equal("0", Assert.Single(await world.OperationsAsync("file_evicted")).FilePath);
            Assert.Equal(8, world.Copies.Count());
            foreach (var file in files.Skip(1)) Assert.Equal(new string('x', 100), await world.ReadAsync(file));
            if (hasEnded) break;
        }

        Assert.True(deaths > 20, $"{deaths} deaths");
    }
}
