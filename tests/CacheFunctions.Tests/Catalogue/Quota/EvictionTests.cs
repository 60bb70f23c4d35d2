using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Catalogue.Quota;

/// <summary>A quota of 1,000 bytes.</summary>
public sealed class EvictionTests
{
    [Fact]
    public async Task Above_the_high_watermark_files_go_in_the_policys_order_down_to_the_low_one_and_the_log_says_why()
    {
        using var world = World();
        var files = await FillAsync(world, 9);
        await world.Service.UpdateFileAccessAsync(Caller.Machine, files[0].Id);
        await world.Service.PinFileAsync(Caller.Machine, files[1].Id, true);
        Assert.Equal(900, await world.StoredBytesAsync());
        Assert.Empty(await world.OperationsAsync("file_evicted"));

        await AddAsync(world, "new", 50);
        await world.UntilAsync(async () => await world.StoredBytesAsync() == 750);
        var evicted = await EvictedAsync(world);
        Assert.Equal(["2", "3"], evicted.Select(operation => operation.FilePath));
        Assert.All(evicted, operation => Assert.Equal((true, "system"), (operation.Success, operation.TriggeredBy)));
        Assert.Equal("the cache held 950.0 B of 1000.0 B; by lru this file was next, with 420 (seconds since the last use; the most first)", evicted[0].Reason);
        var first = JsonDocument.Parse(evicted[0].Metadata!).RootElement;
        Assert.Equal(("lru", 420, 100), (first.GetProperty("policy").GetString(), first.GetProperty("score").GetDouble(), first.GetProperty("size_bytes").GetInt64()));
        Assert.Equal(
            (950, 850, 1000),
            (first.GetProperty("use_before_bytes").GetInt64(), first.GetProperty("use_after_bytes").GetInt64(), first.GetProperty("quota_bytes").GetInt64()));
        Assert.Equal(["3", "4", "5"], first.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("file_path").GetString()));
        var second = JsonDocument.Parse(evicted[1].Metadata!).RootElement;
        Assert.Equal((850, 750), (second.GetProperty("use_before_bytes").GetInt64(), second.GetProperty("use_after_bytes").GetInt64()));
        Assert.Equal(["4", "5", "6"], second.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("file_path").GetString()));
        Assert.Equal(8, world.Copies.Count());
        Assert.Equal(FileStatus.Removed, await world.StatusAsync(files[2]));
        await world.AddAsync("2");
        Assert.Equal(FileStatus.Active, await world.StatusAsync(files[2]));
    }

    [Theory]
    [InlineData("lru", "1")]
    [InlineData("lfu", "0")]
    [InlineData("fifo", "0")]
    [InlineData("sieve", "1")]
    public async Task Each_policy_decides_by_its_own(string policy, string first)
    {
        using var world = World(policy);
        var files = await FillAsync(world, 9);
        // All but the oldest are used twice, then the oldest once: the last use, but the fewest.
        foreach (var file in files.Skip(policy == "lfu" ? 1 : 2).Concat(files.Skip(policy == "lfu" ? 1 : 2)).Append(files[0]))
            await world.Service.UpdateFileAccessAsync(Caller.Machine, file.Id);
        await AddAsync(world, "new", 50);
        await world.UntilAsync(async () => (await world.OperationsAsync("file_evicted")).Count == 2);
        Assert.Equal(first, (await EvictedAsync(world))[0].FilePath);
    }

    [Fact]
    public async Task Where_there_is_no_room_it_is_made_at_once_and_not_at_all_if_that_cannot_be_enough()
    {
        using var world = World();
        var files = await FillAsync(world, 9);
        foreach (var file in files.Take(4)) await world.Service.PinFileAsync(Caller.Machine, file.Id, true);

        world.Put("large", new string('x', 601));
        var error = await Assert.ThrowsAsync<CacheException>(() => world.AddAsync("large"));
        Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        Assert.StartsWith("The file needs 601 bytes; the cache holds 900 and is copying 0 of its quota of 1000 (Cache:MaxBytes), and what is not pinned", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000L, error.Details!["quota_bytes"]);
        Assert.Empty(await world.OperationsAsync("file_evicted"));
        Assert.Single(await world.OperationsAsync("file_cached"), operation => !operation.Success);

        // Nothing is left reserved of what was refused.
        await AddAsync(world, "fits", 600);
        Assert.Equal(["4", "5", "6", "7", "8"], (await world.OperationsAsync("file_evicted")).Select(operation => operation.FilePath).Order());
        Assert.Equal(1000, await world.StoredBytesAsync());

        world.Put("larger", new string('x', 1001));
        var calls = new CountingStore(world.Records);
        error = await Assert.ThrowsAsync<CacheException>(
            () => world.NewInstance(over: calls).Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("larger")));
        Assert.Equal(
            (ErrorCode.QuotaExceeded, "The file has 1001 bytes, more than the cache's whole quota of 1000 bytes (Cache:MaxBytes). Raise it, or read the file from its origin."),
            (error.Code, error.Message));
        Assert.Equal(0, calls.Queries);
    }

    [Fact]
    public async Task What_is_evicted_right_before_it_is_read_comes_from_its_origin_if_that_has_the_same_version()
    {
        using var world = World();
        var file = await AddAsync(world, "a", 700);
        await AddAsync(world, "b", 700);
        Assert.Equal("a", Assert.Single(await world.OperationsAsync("file_evicted")).FilePath);
        Assert.Equal(new string('x', 700), await world.ReadAsync(file));
        world.Put("a", new string('y', 800));
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(() => world.ReadAsync(file))).Code);
    }

    [Fact]
    public async Task A_failed_copy_leaves_nothing_reserved()
    {
        using var world = World();
        world.Put("a", new string('x', 700));
        var (service, _) = world.NewInstance(through: new RefusingContentStore(world.Contents, refusals: 3));
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CacheException>(() => service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a")));
        await service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a"));
        Assert.Equal(700, await world.StoredBytesAsync());
    }

    [Fact]
    public async Task A_new_version_takes_the_place_of_the_old_one()
    {
        using var world = World(revalidateAfter: TimeSpan.Zero);
        await AddAsync(world, "a", 700);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Put("a", new string('y', 800));
        var served = await world.Service.FindContentAsync(Caller.Machine, "a");
        Assert.Equal((800, false), (served.File.SizeBytes, served.IsHit));
        Assert.Empty(await world.OperationsAsync("file_evicted"));
    }

    [Fact]
    public async Task A_new_version_that_needs_no_more_room_has_it_also_above_the_quota()
    {
        using var world = World(revalidateAfter: TimeSpan.Zero);
        foreach (var (name, size) in new[] { ("a", 300), ("b", 400) })
            await world.Service.PinFileAsync(Caller.Machine, (await AddAsync(world, name, size)).Id, pinned: true);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Put("a", new string('y', 300));
        var (narrow, _) = world.NewInstance(settings: world.Settings with { MaxBytes = 600 });
        var served = await narrow.FindContentAsync(Caller.Machine, "a").AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((300, false), (served.File.SizeBytes, served.IsHit));
    }

    [Fact]
    public async Task Room_for_a_new_version_is_made_by_others()
    {
        using var world = World(revalidateAfter: TimeSpan.Zero);
        await AddAsync(world, "a", 300);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(world, "b", 550);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Put("a", new string('y', 460));
        var served = await world.Service.FindContentAsync(Caller.Machine, "a");
        Assert.Equal((460, false), (served.File.SizeBytes, served.IsHit));
        Assert.Equal("b", Assert.Single(await world.OperationsAsync("file_evicted")).FilePath);
    }

    [Fact]
    public async Task What_is_hot_on_one_instance_is_not_evicted_by_another()
    {
        using var world = World();
        var files = await FillAsync(world, 9);
        var (other, _) = world.NewInstance();
        other.NoteServed(await other.FindContentAsync(Caller.Machine, "0"), 100);
        await world.UntilAsync(
            async () => (await world.Service.GetCachedFilesAsync(Caller.Machine, new(new()))).Files.Any(file => file.AccessCount == 1), TimeSpan.FromSeconds(1));
        await AddAsync(world, "new", 50);
        await world.UntilAsync(async () => (await world.OperationsAsync("file_evicted")).Count == 2);
        Assert.Equal(["1", "2"], (await EvictedAsync(world)).Select(operation => operation.FilePath));
        Assert.Equal(FileStatus.Active, await world.StatusAsync(files[0]));
    }

    [Theory]
    [InlineData("access")]
    [InlineData("pin")]
    [InlineData("remove")]
    public async Task What_changes_while_it_is_being_evicted_is_decided_anew(string change)
    {
        using var world = World();
        var files = await FillAsync(world, 9);
        var interfering = new InterferingStore(world.Records, "file_evicted", $"f|{files[0].Id}", () => change switch
        {
            "access" => world.Service.UpdateFileAccessAsync(Caller.Machine, files[0].Id),
            "pin" => world.Service.PinFileAsync(Caller.Machine, files[0].Id, true),
            _ => world.Service.RemoveCachedFileAsync(Caller.Machine, files[0].Id, "by hand"),
        });
        var (service, _) = world.NewInstance(over: interfering);
        world.Put("new", new string('x', 50));
        await service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("new"));
        await world.UntilAsync(async () => await world.StoredBytesAsync() <= 800);
        Assert.True(interfering.HasHappened);
        var evicted = (await world.OperationsAsync("file_evicted")).Select(operation => operation.FilePath).ToList();
        Assert.DoesNotContain("0", evicted);
        Assert.Equal(change == "remove" ? FileStatus.Removed : FileStatus.Active, await world.StatusAsync(files[0]));
    }

    [Fact]
    public async Task A_recorded_copy_counts_nothing_and_stays()
    {
        using var world = World();
        world.Put("elsewhere", new string('x', 5000));
        var recorded = (await world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("/x/recorded", CachedPath: "/mnt/nas/elsewhere"))).File!;
        var files = await FillAsync(world, 9);
        await AddAsync(world, "new", 50);
        await world.UntilAsync(async () => (await world.OperationsAsync("file_evicted")).Count == 2);
        Assert.Equal(FileStatus.Active, await world.StatusAsync(recorded));
        Assert.Equal(FileStatus.Removed, await world.StatusAsync(files[0]));
    }

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task The_original_of_a_linked_file_stands_again_before_its_copy_is_evicted(CacheMethod method)
    {
        using var world = new CatalogueWorld(new CatalogueSettings { MaxBytes = 1000 }, inFolder: true);
        world.Put("linked", new string('x', 500));
        var linked = (await world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("linked", Method: method))).File!;
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(world, "other", 600);
        Assert.Equal(FileStatus.Removed, await world.StatusAsync(linked));
        Assert.Null(new FileInfo(Path.Combine(world.Origin, "linked")).LinkTarget);
        Assert.Equal(new string('x', 500), await File.ReadAllTextAsync(Path.Combine(world.Origin, "linked")));
        Assert.Equal("linked", Assert.Single(await world.OperationsAsync("file_evicted")).FilePath);
        Assert.Single(Directory.EnumerateFiles(world.CopyFolder!, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task While_another_instance_has_the_lease_room_is_waited_for()
    {
        using var world = World();
        await FillAsync(world, 9);
        await world.Records.CommitAsync(
            "control",
            "eviction-catalogue",
            [RowChange.Insert("control", new RowValues { { "schema", 1 }, { "owner", "another" }, { "until", world.Time.GetUtcNow().AddSeconds(5) } })],
            default);
        world.Put("new", new string('x', 200));
        var adding = world.AddAsync("new");
        await world.UntilAsync(() => Task.FromResult(adding.IsCompleted), TimeSpan.FromMilliseconds(250));
        await adding;
        // One for the new file, two since it crossed the high watermark.
        await world.UntilAsync(async () => await world.StoredBytesAsync() == 800);
        Assert.Equal(3, (await world.OperationsAsync("file_evicted")).Count);

        var row = await world.Records.GetAsync("control", "eviction-catalogue", "control", default);
        Assert.Null(row!.Values.Text("owner"));
        await world.Records.CommitAsync(
            "control",
            "eviction-catalogue",
            [RowChange.Replace(row, new RowValues { { "schema", 1 }, { "owner", "another" }, { "until", world.Time.GetUtcNow().AddHours(1) } })],
            default);
        world.Put("newer", new string('x', 300));
        adding = world.AddAsync("newer");
        await world.UntilAsync(() => Task.FromResult(adding.IsCompleted), TimeSpan.FromMilliseconds(250));
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<CacheException>(() => adding)).Code);
    }

    // Several go at the same time, so the log's order is not that of the decisions.
    private static async Task<List<Operation>> EvictedAsync(CatalogueWorld world) => [.. (await world.OperationsAsync("file_evicted"))
        .OrderByDescending(operation => JsonDocument.Parse(operation.Metadata!).RootElement.GetProperty("use_before_bytes").GetInt64())];

    internal static CatalogueWorld World(string policy = "lru", long ttlSeconds = 0, TimeSpan? revalidateAfter = null) => new(new CatalogueSettings
    {
        MaxBytes = 1000,
        EvictionPolicy = policy,
        TtlSeconds = ttlSeconds,
        RevalidateAfter = revalidateAfter ?? TimeSpan.FromHours(1),
    });

    /// <summary>Files "0", "1", … of 100 bytes, one each minute.</summary>
    internal static async Task<List<CachedFile>> FillAsync(CatalogueWorld world, int count)
    {
        var files = new List<CachedFile>();
        for (var i = 0; i < count; i++)
        {
            files.Add(await AddAsync(world, $"{i}", 100));
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }

        return files;
    }

    internal static Task<CachedFile> AddAsync(CatalogueWorld world, string path, int length)
    {
        world.Put(path, new string('x', length));
        return world.AddAsync(path);
    }
}
