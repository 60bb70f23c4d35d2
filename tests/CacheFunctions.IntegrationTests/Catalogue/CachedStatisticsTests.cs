using CacheFunctions.Hits;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Statistics over HTTP, and the hits and misses that they tell.</summary>
public sealed class CachedStatisticsTests
{
    private const string Statistics = "/api/cached/statistics";

    [Fact]
    public async Task The_hit_ratio_is_that_of_recorded_reads_in_the_window_that_is_told()
    {
        await using var world = await OpenAsync();
        world.Service.Put("a.txt", "0123456789");
        Assert.Equal(0, (await world.GetAsync(Statistics)).GetProperty("cache_hit_ratio").GetDouble());
        using (var missed = await world.Http.GetAsync("/api/cached/content?path=a.txt")) missed.EnsureSuccessStatusCode();
        for (var i = 0; i < 3; i++)
        {
            using var part = new HttpRequestMessage(HttpMethod.Get, "/api/cached/content?path=a.txt");
            part.Headers.TryAddWithoutValidation("Range", "bytes=0-3");
            (await world.Http.SendAsync(part)).EnsureSuccessStatusCode();
        }

        var statistics = await world.GetAsync(Statistics);
        var window = statistics.GetProperty("hit_window");
        Assert.Equal(0.75, statistics.GetProperty("cache_hit_ratio").GetDouble());
        Assert.Equal((3, 1, 12, 10), (Number("hits"), Number("misses"), Number("hit_bytes"), Number("miss_bytes")));
        Assert.Equal(world.Time.GetUtcNow().AddDays(-30), window.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(world.Time.GetUtcNow(), window.GetProperty("until").GetDateTimeOffset());
        Assert.Equal(
            [("2026-01-01", 3, 1)],
            statistics.GetProperty("hits_by_day").EnumerateArray()
                .Select(day => (day.GetProperty("day").GetString()!, day.GetProperty("hits").GetInt32(), day.GetProperty("misses").GetInt32())));

        world.Time.Advance(TimeSpan.FromDays(2));
        var quiet = await world.GetAsync(Statistics + "?days=1");
        Assert.Equal(0, quiet.GetProperty("cache_hit_ratio").GetDouble());
        Assert.Equal((0, 1), (quiet.GetProperty("total_files").GetInt32(), quiet.GetProperty("period_days").GetInt32()));
        Assert.Equal(0.75, (await world.GetAsync(Statistics + "?days=3")).GetProperty("cache_hit_ratio").GetDouble());
        await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync(Statistics + "?days=0"));

        int Number(string name) => window.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Hits_cost_at_most_a_hundredth_of_a_storage_call_each_and_outlive_their_instance()
    {
        var account = await StorageEmulator.NewAccountAsync();
        using var origin = new TempDirectory();
        await File.WriteAllTextAsync(origin.Combine("a.txt"), "one");
        await using (var first = await LocalService.StartAsync(SettingsFor(account, origin.Path)))
        {
            using var http = new HttpClient { BaseAddress = first.Address };
            Assert.Equal("one", await http.GetStringAsync("/api/cached/content?path=a.txt"));
            var counts = first.App.Services.GetRequiredService<StorageTransactions>();
            var hits = first.App.Services.GetRequiredService<HitCounters>().Of("catalogue");
            var before = counts.Total;
            // As many as come in a window at a hundred a second.
            for (var i = 0; i < 1_000; i++) hits.Hit(3);
            await hits.SendAsync(default);
            for (var i = 0; i < 1_000; i++) hits.Hit(3);
            await hits.SendAsync(default);
            Assert.InRange(counts.Total.Since(before).Tables, 1, 2_000 / 100);
        }

        // What had not been written yet was written at the end.
        await using var second = await LocalService.StartAsync(SettingsFor(account, origin.Path));
        using var later = new HttpClient { BaseAddress = second.Address };
        var window = (await DataAsync(await later.GetAsync(Statistics))).GetProperty("hit_window");
        Assert.Equal((2_000, 1), (window.GetProperty("hits").GetInt32(), window.GetProperty("misses").GetInt32()));
        var file = (await DataAsync(await later.GetAsync(FilesAddress))).GetProperty("files")[0];
        Assert.Equal(1, file.GetProperty("access_count").GetInt32());
    }

    [Fact]
    public async Task Breakdowns_tell_operations_days_users_and_files()
    {
        await using var world = await OpenAsync();
        await world.AddAsync("a.txt", 10, """
            "user_id": "user1", "operation": "watchlist"
            """);
        world.Time.Advance(TimeSpan.FromDays(40));
        var b = await world.AddAsync("b.txt", 20, """
            "user_id": "user1", "operation": "trakt"
            """);
        await world.AddAsync("c.txt", 30, """
            "user_id": "user2", "operation": "trakt"
            """);
        await DataAsync(await world.Http.PostAsync($"{FilesAddress}/{b}/access", null));
        await DataAsync(await world.Http.DeleteAsync($"{FilesAddress}/{await world.AddAsync("d.txt", 40)}"));

        var all = await world.GetAsync(Statistics);
        Assert.Equal((3, 60), (all.GetProperty("total_files").GetInt32(), all.GetProperty("total_size_bytes").GetInt32()));
        Assert.Equal(2, all.GetProperty("by_operation").GetProperty("trakt").GetProperty("files").GetInt32());
        Assert.Equal(1, all.GetProperty("by_status").GetProperty("removed").GetProperty("files").GetInt32());
        Assert.Equal(
            [("2026-01-01", 1), ("2026-02-10", 2)],
            all.GetProperty("by_day").EnumerateArray().Select(day => (day.GetProperty("day").GetString()!, day.GetProperty("files").GetInt32())));
        Assert.Equal("user1", all.GetProperty("top_users")[0].GetProperty("user_id").GetString());
        Assert.Equal("/mnt/nas/b.txt".Split('/')[^1], Path.GetFileName(Assert.Single(all.GetProperty("top_files").EnumerateArray()).GetProperty("file_path").GetString()));
        var file = await world.GetAsync($"{FilesAddress}/{b}");
        Assert.Equal(file.GetProperty("cached_path").GetString(), all.GetProperty("most_accessed_file").GetString());
        Assert.Equal(2, (await world.GetAsync(Statistics + "?days=30")).GetProperty("total_files").GetInt32());

        var user = await world.GetAsync("/api/cached/users/user1/stats");
        Assert.Equal((30, 1, 20), (user.GetProperty("period_days").GetInt32(), user.GetProperty("total_files").GetInt32(), user.GetProperty("total_size_bytes").GetInt32()));
        Assert.Equal("trakt", user.GetProperty("most_common_operation").GetString());
        Assert.Equal(2, (await world.GetAsync("/api/cached/users/user1/stats?days=50")).GetProperty("total_files").GetInt32());
        Assert.Equal(0, (await world.GetAsync("/api/cached/users/nobody/stats")).GetProperty("total_files").GetInt32());
    }
}
