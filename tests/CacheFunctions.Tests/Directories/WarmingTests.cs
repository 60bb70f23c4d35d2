using CacheFunctions.Directories.Bringing;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Directories;

public sealed class WarmingTests
{
    [Fact]
    public async Task Folders_and_files_are_brought_and_what_fails_does_not_hold_up_the_others()
    {
        using var world = World(1 << 20);
        var report = await WarmAsync(world, new("/mnt/nas/one", "a/one"), new("/mnt/nas/none", "a/none"), new("/mnt/nas/two/x", "b/x"));

        Assert.Equal([WarmState.Done, WarmState.Failed, WarmState.Done], report.Items.Select(item => item.State));
        Assert.Equal((2, 1, 3, 250), (report.Done, report.Failed, report.Files, report.Bytes));
        Assert.Contains("none", report.Items[1].Error, StringComparison.Ordinal);
        Assert.Equal(["a/one/m/2", "a/one/1", "b/x"], world.Files.OrderByDescending(file => file.Length));
        Assert.Equal(["a/one", "b"], await world.RegisteredAsync());
    }

    [Fact]
    public async Task What_a_warming_brought_is_not_evicted_for_what_it_brings_next_and_older_things_are()
    {
        using var world = World(400);
        await world.FillAsync("old", new string('x', 150));
        world.Time.Advance(TimeSpan.FromMinutes(1));
        var report = await WarmAsync(world, new("/mnt/nas/one", "one"), new("/mnt/nas/large", "large"), new("/mnt/nas/two", "two"));

        Assert.Equal([WarmState.Done, WarmState.Failed, WarmState.Done], report.Items.Select(item => item.State));
        Assert.Contains("DISK_CACHE_MAX_BYTES", report.Items[1].Error, StringComparison.Ordinal);
        Assert.Equal(["one", "two"], await world.RegisteredAsync());
        Assert.Equal(300, (await world.Service.StatisticsAsync()).TotalBytes);
    }

    [Fact]
    public async Task A_file_counts_where_it_is_brought_to_and_one_that_does_not_fit_is_not_brought()
    {
        using var world = World(400);
        await world.FillAsync("a/b", new string('x', 100));
        await world.RegisterAsync("a");
        var report = await WarmAsync(world, new("/mnt/nas/two/x", "a/b/x"), new("/mnt/nas/two/y", "new/y"), new("/mnt/nas/large/x", "other/x"));

        Assert.Equal([WarmState.Done, WarmState.Done, WarmState.Failed], report.Items.Select(item => item.State));
        Assert.Equal(["a", "a/b", "new"], await world.RegisteredAsync());
        Assert.Equal((150, 150, 50), ((await world.GetAsync("a")).SizeBytes, (await world.GetAsync("a/b")).SizeBytes, (await world.GetAsync("new")).SizeBytes));
        Assert.DoesNotContain("other/x", world.Files);
    }

    [Fact]
    public async Task No_more_than_the_bandwidth_comes_over_any_time_whatever_is_read_at_once()
    {
        var time = new ManualTime();
        var bandwidth = new Bandwidth(1000, time);
        var start = time.GetUtcNow();
        var copies = Enumerable.Range(0, 4).Select(_ => bandwidth.Limit(new MemoryStream(new byte[2500])).CopyToAsync(Stream.Null)).ToList();
        await time.UntilAsync(() => Task.FromResult(copies.TrueForAll(copy => copy.IsCompleted)), TimeSpan.FromMilliseconds(100));

        // 10,000 bytes, of which one piece of a tenth of a second for each stream needs not be waited for.
        Assert.InRange((time.GetUtcNow() - start).TotalSeconds, 9.5, 12);
    }

    [Fact]
    public async Task A_warming_goes_on_within_its_bandwidth_while_the_clock_does()
    {
        using var world = World(1 << 20);
        world.PutOrigin("slow/a", new string('x', 3000));
        var start = world.Time.GetUtcNow();
        var warming = world.Service.WarmAsync(Caller.Machine, [new("/mnt/nas/slow", "slow")], 1000);
        await world.UntilAsync(() => Task.FromResult(warming.IsCompleted), TimeSpan.FromMilliseconds(100));

        Assert.Equal(JobState.Succeeded, (await warming).State);
        Assert.True(world.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(2.9), $"{world.Time.GetUtcNow() - start}");
    }

    [Fact]
    public async Task After_a_crash_anywhere_another_instance_brings_the_rest()
    {
        var died = 0;
        for (var step = 1; ; step += 9)
        {
            using var world = World(1 << 20);
            var death = new Death(step);
            try
            {
                await world.NewInstance(death).Service.WarmAsync(Caller.Machine, [new("/mnt/nas/one", "one"), new("/mnt/nas/two", "two")], null);
            }
            catch (InstanceDiedException)
            {
                died++;
            }

            world.Time.Advance(TimeSpan.FromMinutes(5));
            await world.NewInstance().Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            // Or it died before there was a job.
            if (world.Files.Any()) Assert.Equal(["one/1", "one/m/2", "two/x", "two/y"], world.Files);
            foreach (var path in await world.RegisteredAsync()) Assert.Equal((2, path == "one" ? 200 : 100), ((await world.GetAsync(path)).FileCount, (await world.GetAsync(path)).SizeBytes));
            if (!death.HasDied) break;
        }

        Assert.InRange(died, 5, 500);
    }

    [Theory]
    [InlineData("/etc/folder", "a", "items[0].from")]
    [InlineData("/mnt/nas/one", "../a", "items[0].path")]
    public async Task An_item_that_leads_elsewhere_is_refused_before_anything_begins(string from, string path, string field)
    {
        using var world = World(1 << 20);
        var error = await Assert.ThrowsAsync<CacheException>(() => world.Service.WarmAsync(Caller.Machine, [new(from, path)], null));
        Assert.StartsWith(field + ": ", error.Message, StringComparison.Ordinal);
    }

    private static DirectoryWorld World(long quota)
    {
        var world = new DirectoryWorld(new() { MaxBytes = quota });
        foreach (var (path, length) in new[] { ("one/1", 100), ("one/m/2", 100), ("two/x", 50), ("two/y", 50), ("large/x", 380) }) world.PutOrigin(path, new string('x', length));
        return world;
    }

    private static async Task<WarmReport> WarmAsync(DirectoryWorld world, params WarmItem[] items)
    {
        var job = await world.Service.WarmAsync(Caller.Machine, items, null);
        Assert.Equal(JobState.Succeeded, job.State);
        return WarmReport.Read(job.Result!);
    }
}
