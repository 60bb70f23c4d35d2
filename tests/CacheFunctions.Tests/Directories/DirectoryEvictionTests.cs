using System.Text.Json;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Errors;
using CacheFunctions.Eviction;
using CacheFunctions.Security;
using CacheFunctions.Tests.Catalogue.Quota;
using CacheFunctions.Tests.Sessions;
using static CacheFunctions.Tests.Directories.EvictingWorld;

namespace CacheFunctions.Tests.Directories;

/// <summary>A quota of 1,000 bytes.</summary>
public sealed class DirectoryEvictionTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Above_the_high_watermark_directories_go_in_the_policys_order_down_to_the_low_one_and_the_log_says_why()
    {
        using var world = World();
        await FillAsync(world, 9);
        world.Service.NoteServed(DirectoryPath.OfFile("0/file"), 100);
        await world.Instance.Index.SendTouchesAsync(default);
        await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("1"), true);
        Assert.Empty(await EvictedAsync(world));

        await world.FillAsync("new", new string('x', 50));
        await world.UntilAsync(async () => await TotalAsync(world) == 750);
        var evicted = await EvictedAsync(world);
        Assert.Equal(["2", "3"], evicted.Select(operation => operation.FilePath));
        Assert.Equal("the cache held 950.0 B of 1000.0 B; by lru this directory was next, with 420 (seconds since the last use; the most first)", evicted[0].Reason);
        var first = JsonDocument.Parse(evicted[0].Metadata!).RootElement;
        Assert.Equal(("lru", 420, 100), (first.GetProperty("policy").GetString(), first.GetProperty("score").GetDouble(), first.GetProperty("size_bytes").GetInt64()));
        Assert.Equal(
            (950, 850, 1000),
            (first.GetProperty("use_before_bytes").GetInt64(), first.GetProperty("use_after_bytes").GetInt64(), first.GetProperty("quota_bytes").GetInt64()));
        Assert.Equal(["3", "4", "5"], first.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("path").GetString()));
        Assert.DoesNotContain(world.Files, file => file is "2/file" or "3/file");
        Assert.Equal(8, world.Files.Count());
    }

    [Theory]
    [InlineData("lru", "1")]
    [InlineData("lfu", "0")]
    [InlineData("fifo", "0")]
    [InlineData("sieve", "1")]
    public async Task Each_policy_decides_by_its_own(string policy, string first)
    {
        using var world = World(policy);
        await FillAsync(world, 9);
        foreach (var i in Enumerable.Range(policy == "lfu" ? 1 : 2, policy == "lfu" ? 8 : 7).Concat(Enumerable.Range(policy == "lfu" ? 1 : 2, policy == "lfu" ? 8 : 7)).Append(0))
            world.Service.NoteServed(DirectoryPath.OfFile($"{i}/file"), 100);
        await world.Instance.Index.SendTouchesAsync(default);
        await world.FillAsync("new", new string('x', 50));
        await world.UntilAsync(async () => (await EvictedAsync(world)).Count == 2);
        Assert.Equal(first, (await EvictedAsync(world))[0].FilePath);
    }

    [Fact]
    public async Task Where_there_is_no_room_it_is_made_at_once_and_not_at_all_if_that_cannot_be_enough()
    {
        using var world = World();
        await FillAsync(world, 9);
        foreach (var i in Enumerable.Range(0, 4)) await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of($"{i}"), true);
        // A file of no registered directory counts nothing.
        await world.PutAsync("large/file", new string('x', 601));

        var error = await Assert.ThrowsAsync<CacheException>(() => world.RegisterAsync("large"));
        Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        Assert.StartsWith("The directory 'large' needs 601 bytes; the directory cache holds 900 and is bringing 0 of its quota of 1000 (DISK_CACHE_MAX_BYTES), and what is neither pinned", error.Message, StringComparison.Ordinal);
        Assert.Equal((601L, 900L, 1000L), (error.Details!["size_bytes"], error.Details["stored_bytes"], error.Details["quota_bytes"]));
        error = await Assert.ThrowsAsync<CacheException>(() => world.PutAsync("0/more", new string('x', 601)));
        Assert.StartsWith("The file needs 601 bytes; the directory cache holds 900", error.Message, StringComparison.Ordinal);
        Assert.Empty(await EvictedAsync(world));
        Assert.Equal(10, world.Files.Count());

        // Or it would go beside, since there is more than the high watermark then.
        await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("8"), true);
        // Nothing is left reserved of what was refused, and what is being written into stays.
        await world.PutAsync("8/more", new string('x', 500));
        Assert.Equal(["4", "5", "6", "7"], (await EvictedAsync(world)).Select(operation => operation.FilePath));
        Assert.Equal(1000, await TotalAsync(world));

        error = await Assert.ThrowsAsync<CacheException>(() => world.PutAsync("large/file", new string('x', 1001)));
        Assert.Equal("The file has 1001 bytes, more than the directory cache's whole quota of 1000 bytes (DISK_CACHE_MAX_BYTES). Raise it.", error.Message);
    }

    [Fact]
    public async Task Content_whose_length_nobody_told_is_held_to_the_quota_as_it_comes()
    {
        using var world = new DirectoryWorld(new() { MaxBytes = 300_000 });
        await world.FillAsync("old", new string('x', 150_000));
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await world.FillAsync("a", "1");

        var error = await Assert.ThrowsAsync<CacheException>(() => WriteAsync("a/huge", 300_001));
        Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        Assert.DoesNotContain("a/huge", world.Files);
        // It made room for as much as had come, before more came than there can be room for.
        await WriteAsync("a/large", 200_000);
        Assert.Equal(["a"], await world.RegisteredAsync());
        Assert.Equal(200_001, await TotalAsync(world));

        Task WriteAsync(string path, int length) => world.Service.WriteContentAsync(
            Caller.Machine, DirectoryPath.OfFile(path), new MemoryStream(new byte[length]), null);
    }

    [Fact]
    public async Task Of_nested_directories_the_innermost_goes_first_and_a_pinned_one_keeps_all_in_it()
    {
        using var world = World("fifo");
        await world.FillAsync("a", new string('x', 200));
        await world.FillAsync("a/b", new string('x', 200));
        await world.FillAsync("a/b/c", new string('x', 200));
        await world.RegisterAsync("a");
        await world.FillAsync("p/q", new string('x', 250));
        await world.RegisterAsync("p");
        await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("p"), true);
        world.Time.Advance(TimeSpan.FromMinutes(1));

        await world.FillAsync("new", new string('x', 100));
        await world.UntilAsync(async () => await TotalAsync(world) <= 800);
        // a/b/c alone is enough, though a was first: it stays as long as one in it does.
        Assert.Equal(["a/b/c"], (await EvictedAsync(world)).Select(operation => operation.FilePath));
        Assert.Equal((400, 200), ((await world.GetAsync("a")).SizeBytes, (await world.GetAsync("a/b")).SizeBytes));

        world.Time.Advance(TimeSpan.FromMinutes(1));
        await world.FillAsync("newer", new string('x', 540));
        Assert.Equal(["new", "newer", "p", "p/q"], await world.RegisteredAsync());
        Assert.Equal(["new/file", "newer/file", "p/q/file"], world.Files);
    }

    [Theory]
    [InlineData("pin")]
    [InlineData("pin around it")]
    [InlineData("file")]
    [InlineData("forget")]
    [InlineData("open")]
    [InlineData("open elsewhere")]
    public async Task What_changes_while_it_is_being_evicted_is_decided_anew(string change)
    {
        using var world = World("fifo");
        await world.FillAsync("a/0", new string('x', 100));
        // It would be next, with all that lies in it, once what lies in it is forgotten.
        if (change == "pin around it") await world.RegisterAsync("a");
        await FillAsync(world, 8);
        DirectoryInstance? other = null;
        var interfering = new InterferingStore(world.Records, "directory_removal_begun", DirectoryRows.Key("a/0"), () => change switch
        {
            "open" => OpenAsync(other!, "a/0/file"),
            "open elsewhere" => OpenAsync(world.Instance, "a/0/file"),
            "pin" => world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("a/0"), true),
            "pin around it" => world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("a"), true),
            "file" => world.PutAsync("a/0/more", "1"),
            _ => world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a/0"), removeFiles: false),
        });
        other = world.NewInstance(over: interfering);
        await other.Service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile("7/new"), new MemoryStream(new byte[50]), 50);
        // Asked of the same instance: another would evict too.
        await world.UntilAsync(async () => (await other.Service.StatisticsAsync(exact: true)).TotalBytes <= 800);
        Assert.True(interfering.HasHappened);
        Assert.Contains("a/0/file", world.Files);
        Assert.DoesNotContain("a/0", (await EvictedAsync(world)).Select(operation => operation.FilePath));
    }

    [Fact]
    public async Task The_cleaning_evicts_what_the_quota_demands_after_what_has_expired_and_a_dry_run_tells_the_same()
    {
        // Above the low watermark, and not above the high one.
        using var world = World();
        await FillAsync(world, 9);
        var planned = await world.Service.TryCleanUpAsync(Caller.Machine);
        Assert.Equal(9, (await world.RegisteredAsync()).Count);
        // Nobody else cleans, so the clock, which the reason tells of, can stand still.
        var report = CleanupReport.Read((await world.Service.CleanUpAsync(Caller.Machine)).Result!);

        foreach (var each in new[] { planned, report })
        {
            Assert.Equal((0, 1, 100), (each.ExpiredCount, each.EvictedCount, each.FreedBytes));
            Assert.Equal("0", Assert.Single(each.Removed).Path);
        }

        Assert.Equal(planned.Removed[0].Reason, report.Removed[0].Reason);
        Assert.Equal(1, (await world.Service.StatisticsAsync()).Scheduler.LastRun!.EvictedCount);
    }

    [Fact]
    public async Task While_one_instance_evicts_others_wait_for_the_room_that_it_makes()
    {
        using var world = World("fifo");
        await FillAsync(world, 9);
        var (other, writing, hasWaited) = (world.NewInstance(), Task.CompletedTask, false);
        var interfering = new InterferingStore(world.Records, "directory_removal_begun", DirectoryRows.Key("0"), async () =>
        {
            var looksAgain = world.Time.ArmedForAsync(world.Time.GetUtcNow() + Look);
            writing = other.Service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile("8/new"), new MemoryStream(new byte[150]), 150);
            hasWaited = await Task.WhenAny(writing, looksAgain) == looksAgain;
        });
        await world.NewInstance(over: interfering).Service.CleanUpAsync(Caller.Machine);
        // It waits a number of looks, and each is made at its time.
        while (!writing.IsCompleted)
        {
            var looksAgain = world.Time.ArmedForAsync(world.Time.GetUtcNow() + 2 * Look);
            world.Time.Advance(Look);
            await Task.WhenAny(writing, looksAgain);
        }

        await writing;

        Assert.True(hasWaited, "The other one made room for itself.");
        Assert.Equal(["0", "1", "2"], (await EvictedToLowMarkAsync(world)).Order());
    }

    [Theory]
    [InlineData(0.9, 900, 800)]
    [InlineData(1.0, 1000, 800)]
    [InlineData(0.45, 450, 400)]
    public void The_high_watermark_is_settable_and_the_low_one_stays_below_it(double high, long highBytes, long lowBytes)
    {
        var marks = new Watermarks(1000, high);
        Assert.Equal((highBytes, lowBytes), (marks.HighBytes, marks.LowBytes));
    }

    [Fact]
    public async Task An_eviction_whose_instance_died_anywhere_leaves_nothing_half_removed_after_the_next_run()
    {
        var deaths = 0;
        for (var step = 1; ; step += 2)
        {
            using var world = World("sieve");
            await FillAsync(world, 9);
            var hasEnded = true;
            try
            {
                await world.CleanAsync(world.NewInstance(new Death(step)).Service);
            }
            catch (InstanceDiedException)
            {
                hasEnded = false;
                deaths++;
            }

            world.Time.Advance(TimeSpan.FromMinutes(5));
            var survivor = world.NewInstance();
            await survivor.Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            await world.CleanAsync(survivor.Service);
            Assert.Equal(800, await TotalAsync(world));
            Assert.Equal(Enumerable.Range(1, 8).Select(i => $"{i}/file"), world.Files);
            var evicted = Assert.Single(await EvictedAsync(world));
            Assert.Equal(("0", 900), (evicted.FilePath, JsonDocument.Parse(evicted.Metadata!).RootElement.GetProperty("use_before_bytes").GetInt64()));
            if (hasEnded) break;
        }

        Assert.InRange(deaths, 20, 2000);
    }
}
