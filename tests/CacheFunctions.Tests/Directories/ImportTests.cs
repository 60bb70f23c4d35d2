using System.Text;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Directories;

public sealed class ImportTests : IDisposable
{
    private readonly DirectoryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_folder_of_an_origin_is_brought_with_all_that_lies_in_it_and_registered()
    {
        Furnish(_world);
        var imported = await ImportAsync(_world.Service);

        Assert.True(imported.IsNew);
        Assert.Equal((12, 12), (imported.Directory!.SizeBytes, imported.Directory.FileCount));
        Assert.False(imported.Directory.IsLocked(_world.Time.GetUtcNow()));
        Assert.Equal(Expected, _world.Files);
        Assert.False((await ImportAsync(_world.Service)).IsNew);
        Assert.Equal(12, (await _world.GetAsync("a/b")).SizeBytes);
    }

    [Fact]
    public async Task What_is_brought_into_a_registered_directory_counts_there_at_once()
    {
        Furnish(_world);
        await _world.PutAsync("a/0", "xyz");
        await _world.RegisterAsync("a");
        await ImportAsync(_world.Service);

        Assert.Equal((15, 13), ((await _world.GetAsync("a")).SizeBytes, (await _world.GetAsync("a")).FileCount));
        Assert.Equal(15, (await _world.Service.StatisticsAsync()).TotalBytes);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_told_and_leaves_nothing()
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => ImportAsync(_world.Service));

        Assert.Equal(ErrorCode.NotFound, error.Code);
        Assert.Empty(await _world.RegisteredAsync());
    }

    [Fact]
    public async Task A_folder_outside_every_origin_is_refused_by_its_field() => Assert.StartsWith(
        "from_origin: ",
        (await Assert.ThrowsAsync<CacheException>(() => _world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), "/etc/folder"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_file_above_the_quota_ends_the_import_and_what_was_brought_counts()
    {
        using var world = new DirectoryWorld(new() { MaxBytes = 1 << 20 });
        Furnish(world);
        world.PutOrigin("folder/z", new string('x', (1 << 20) + 1));

        Assert.Equal(ErrorCode.QuotaExceeded, (await Assert.ThrowsAsync<CacheException>(() => ImportAsync(world.Service))).Code);

        var left = await world.GetAsync("a/b");
        Assert.Equal((12, 12), (left.SizeBytes, left.FileCount));
        Assert.False(left.IsLocked(world.Time.GetUtcNow()));
    }

    [Fact]
    public async Task While_it_is_brought_nobody_removes_or_cleans_it_and_after_a_crash_another_instance_ends_it()
    {
        var died = 0;
        for (var step = 1; ; step += 7)
        {
            using var world = new DirectoryWorld(new() { TtlSeconds = 1 });
            Furnish(world);
            var death = new Death(step);
            try
            {
                await ImportAsync(world.NewInstance(death).Service);
            }
            catch (InstanceDiedException)
            {
                died++;
            }

            if (!death.HasDied) break;
            world.Time.Advance(TimeSpan.FromSeconds(10));
            if ((await world.RegisteredAsync()).Count > 0 && (await world.GetAsync("a/b")).IsLocked(world.Time.GetUtcNow()))
            {
                var refused = await Assert.ThrowsAsync<CacheException>(() => world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a/b"), false));
                Assert.Equal(ErrorCode.Locked, refused.Code);
                Assert.Equal(0, (await world.CleanAsync()).ExpiredCount);
            }

            world.Time.Advance(TimeSpan.FromMinutes(5));
            var survivor = world.NewInstance();
            await survivor.Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            // It died before the job was, or after its end.
            await ImportAsync(survivor.Service);
            Assert.Equal(Expected, world.Files);
            Assert.Equal((12, 12), ((await world.GetAsync("a/b")).SizeBytes, (await world.GetAsync("a/b")).FileCount));
        }

        Assert.InRange(died, 5, 500);
    }

    [Fact]
    public async Task What_is_brought_is_what_the_origin_holds()
    {
        _world.PutOrigin("folder/ä ö", "exact bytes");
        await ImportAsync(_world.Service);

        var file = DirectoryPath.OfFile("a/b/ä ö");
        using var reader = new StreamReader(await (await _world.Service.FindContentAsync(file)).OpenAsync(), Encoding.UTF8);

        Assert.Equal("exact bytes", await reader.ReadToEndAsync());
    }

    private static IEnumerable<string> Expected => Names.Select(name => $"a/b/{name}").Order(StringComparer.Ordinal);

    private static string[] Names => ["1", "2", "3", "4", "5", "m/1", "m/2", "m/n/1", "m/n/2", "m-", "x", "y"];

    private static void Furnish(DirectoryWorld world)
    {
        foreach (var name in Names) world.PutOrigin($"folder/{name}", "x");
    }

    private static Task<RegisteredDirectory> ImportAsync(DirectoriesService service) =>
        service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a/b"), "/mnt/nas/folder");
}
