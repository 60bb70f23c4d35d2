using System.Text.Json;
using CacheFunctions.Tests;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>A quota of 1 MiB, over HTTP on real storage.</summary>
public sealed class QuotaTests
{
    private const int Length = 102_400;

    [Fact]
    public async Task Files_are_evicted_in_order_and_logged_and_what_cannot_fit_is_refused_with_507()
    {
        await using var world = await CatalogueWorld.OpenAsync(new ManualTime(), "--Cache:MaxBytes", "1048576", "--Cache:EvictionPolicy", "LRU");
        var ids = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            ids.Add(await world.AddAsync($"{i}.bin", Length));
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await DataAsync(await world.Http.PutAsync($"{CatalogueWorld.FilesAddress}/{ids[0]}/pin", null));
        await DataAsync(await world.Http.PostAsync($"{CatalogueWorld.FilesAddress}/{ids[1]}/access", null));
        Assert.Empty(await EvictedAsync(world));

        await world.AddAsync("new.bin", Length / 2);
        while ((await EvictedAsync(world)).Count < 2) await Task.Yield();
        var evicted = await EvictedAsync(world);
        Assert.Equal(["2.bin", "3.bin"], evicted.Select(operation => operation.GetProperty("file_path").GetString()));
        var why = evicted[0].GetProperty("metadata");
        Assert.Equal(("lru", 420), (why.GetProperty("policy").GetString(), why.GetProperty("score").GetInt32()));
        Assert.Equal(
            [9 * Length + Length / 2, 8 * Length + Length / 2],
            new[] { why.GetProperty("use_before_bytes").GetInt32(), why.GetProperty("use_after_bytes").GetInt32() });
        Assert.Equal(["3.bin", "4.bin", "5.bin"], why.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("file_path").GetString()));
        await ErrorAsync(404, "not_found", await world.Http.GetAsync($"{CatalogueWorld.FilesAddress}/{ids[2]}/content"));
        foreach (var kept in ids.Except([ids[2], ids[3]]))
            Assert.Equal(Length, (await world.Http.GetByteArrayAsync($"{CatalogueWorld.FilesAddress}/{kept}/content")).Length);

        foreach (var id in ids.Except([ids[2], ids[3]])) await DataAsync(await world.Http.PutAsync($"{CatalogueWorld.FilesAddress}/{id}/pin", null));
        world.Service.Put("large.bin", new byte[4 * Length]);
        var refused = await ErrorAsync(507, "quota_exceeded", await world.Http.PostAsync(CatalogueWorld.FilesAddress, Json("""{"file_path": "large.bin"}""")));
        Assert.Contains("Unpin or remove files, or raise the quota.", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(1_048_576, refused.GetProperty("details").GetProperty("quota_bytes").GetInt32());
        Assert.Equal(2, (await EvictedAsync(world)).Count);

        world.Service.PutSparse("larger.bin", 1_048_577);
        refused = await ErrorAsync(507, "quota_exceeded", await world.Http.GetAsync("/api/cached/content?path=larger.bin"));
        Assert.StartsWith("The file has 1048577 bytes, more than the cache's whole quota of 1048576", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>In the order of the decisions.</summary>
    private static async Task<List<JsonElement>> EvictedAsync(CatalogueWorld world) =>
    [
        .. (await world.GetAsync("/api/cached/operations?operation_type=file_evicted")).GetProperty("operations").EnumerateArray()
            .OrderByDescending(operation => operation.GetProperty("metadata").GetProperty("use_before_bytes").GetInt64()),
    ];
}
