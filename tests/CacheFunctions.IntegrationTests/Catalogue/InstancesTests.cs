using System.Diagnostics;
using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Operations;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>What one instance does, others tell; what snapshots lack or hold wrongly is found elsewhere.</summary>
public sealed class InstancesTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_processes_agree_soon_and_at_once_when_asked_to_be_consistent()
    {
        using var origin = new TempDirectory();
        foreach (var name in new[] { "a", "b", "c" }) await File.WriteAllTextAsync(origin.Combine(name), name);
        var settings = SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var other = await ServiceProcess.StartAsync(settings);
        foreach (var http in new[] { one.Http, other.Http }) Assert.Empty(await NamesAsync(http, ""));

        var id = await AddAsync(one.Http, "a");
        output.WriteLine($"A new file was seen after {await UntilAsync(async () => (await NamesAsync(other.Http, "")).Contains("a")):f2} s");
        await AddAsync(other.Http, "b");
        output.WriteLine($"One the other way after {await UntilAsync(async () => (await NamesAsync(one.Http, "")).Contains("b")):f2} s");
        await DataAsync(await one.Http.DeleteAsync($"{FilesAddress}/{id}"));
        output.WriteLine($"A removed one after {await UntilAsync(async () => !(await NamesAsync(other.Http, "")).Contains("a")):f2} s");
        Assert.Equal("b", await one.Http.GetStringAsync("/api/cached/content?path=b"));
        output.WriteLine($"A hit after {await UntilAsync(async () => (await ListAsync(other.Http, "")).GetProperty("files")[0].GetProperty("access_count").GetInt32() == 1):f2} s");

        await AddAsync(one.Http, "c");
        Assert.Contains("c", await NamesAsync(other.Http, "?consistent=true"));
        Assert.Equal(2, (await DataAsync(await other.Http.GetAsync("/api/cached/statistics?consistent=true"))).GetProperty("total_files").GetInt32());
    }

    [Fact]
    public async Task A_damaged_missing_or_older_snapshot_heals()
    {
        using var origin = new TempDirectory();
        foreach (var name in new[] { "a", "b" }) await File.WriteAllTextAsync(origin.Combine(name), name);
        var settings = SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        await using var first = await LocalService.StartAsync(settings);
        using var http = new HttpClient { BaseAddress = first.Address };
        var index = first.App.Services.GetRequiredService<CatalogueIndex>();
        var contents = first.App.Services.GetRequiredService<IContentStore>();
        var id = await AddAsync(http, "a");
        var shard = new CachedFileId(Guid.Parse(id)).Shard(Shard.DefaultCount);
        var snapshot = $"catalogue/{Shard.Partition(shard)}";
        await GrowAsync();
        Assert.Equal(1, await index.RenewSnapshotsAsync(default));
        var older = await ReadAsync();
        await GrowAsync();
        Assert.Equal(1, await index.RenewSnapshotsAsync(default));
        var newest = await ReadAsync();
        await AddAsync(http, "b");
        var expected = (await ListAsync(http, "?sort=filename")).GetProperty("files").GetRawText();
        Assert.Equal(2, JsonDocument.Parse(expected).RootElement[0].GetProperty("access_count").GetInt32());

        foreach (var (name, bytes) in new[]
        {
            ("whole", newest), ("older", older), ("damaged", [.. newest[..^9], (byte)(newest[^9] ^ 1), .. newest[^8..]]), ("cut", newest[..(newest.Length / 2)]), ("missing", null),
        })
        {
            if (bytes is null) await contents.DeleteAsync("system", snapshot, default);
            else await contents.WriteAsync("system", snapshot, new MemoryStream(bytes), bytes.Length, default);
            await using var service = await LocalService.StartAsync(settings);
            using var late = new HttpClient { BaseAddress = service.Address };
            var found = (await ListAsync(late, "?sort=filename")).GetProperty("files").GetRawText();
            Assert.True(expected == found, $"With a {name} snapshot: {found}");
        }

        // One change, and so much in the log that a snapshot is due.
        async Task GrowAsync()
        {
            await DataAsync(await http.PostAsync($"{FilesAddress}/{id}/access", null));
            var table = new RecordTable(first.App.Services.GetRequiredService<IRecordStore>(), CatalogueStore.TableName, Shard.DefaultCount, TimeProvider.System);
            for (var i = 0; i < 11; i++)
            {
                var change = new Change();
                for (var j = 0; j < Change.MaxRows / 2; j++) change.Log(new Operation("looked_at", id, "a", "user", null, "test"));
                await table.CommitAsync(shard, change);
            }
        }

        async Task<byte[]> ReadAsync()
        {
            await using var stream = await contents.OpenReadAsync("system", snapshot, 0, null, default);
            using var copy = new MemoryStream();
            await stream!.CopyToAsync(copy);
            return copy.ToArray();
        }
    }

    private static async Task<double> UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition()) Assert.True(watch.Elapsed < Deadline, $"Not within {Deadline}.");
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<string> AddAsync(HttpClient http, string path)
    {
        using var answer = await http.PostAsync(FilesAddress, Json($$"""{"file_path": "{{path}}"}"""));
        return (await DataAsync(answer)).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> ListAsync(HttpClient http, string query)
    {
        using var answer = await http.GetAsync(FilesAddress + query);
        return await DataAsync(answer);
    }

    private static async Task<List<string>> NamesAsync(HttpClient http, string query) => [.. Names(await ListAsync(http, query))];
}
