using System.Text.Json;
using CacheFunctions.Tests;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>
/// The second source document's examples of lists, search and statistics, replayed: the same names in the same order, the same
/// types, and the same values wherever a test can bring them about.
/// </summary>
public sealed class DocumentExamplesTests
{
    private const string List = """
        {
            "success": true,
            "data": {
                "files": [
                    {
                        "id": "uuid",
                        "file_path": "/path/to/file.mkv",
                        "filename": "file.mkv",
                        "original_path": "/media/file.mkv",
                        "cached_path": "/cache/file.mkv",
                        "cache_method": "atomic_symlink",
                        "file_size_bytes": 1073741824,
                        "file_size_readable": "1.0 GB",
                        "cached_at": "2023-12-01T10:30:00Z",
                        "last_accessed": "2023-12-01T15:45:00Z",
                        "access_count": 5,
                        "triggered_by_user": "user1",
                        "triggered_by_operation": "watchlist",
                        "status": "active",
                        "users": ["user1", "user2"],
                        "metadata": {}
                    }
                ],
                "pagination": {
                    "limit": 50,
                    "offset": 0,
                    "total_count": 100,
                    "has_more": true
                },
                "filter_applied": {
                    "user_id": "user1",
                    "limit": 50,
                    "offset": 0
                }
            }
        }
        """;

    private const string Statistics = """
        {
            "success": true,
            "data": {
                "total_files": 150,
                "total_size_bytes": 107374182400,
                "total_size_readable": "100.0 GB",
                "active_files": 145,
                "orphaned_files": 5,
                "users_count": 3,
                "oldest_cached_at": "2023-11-01T08:00:00Z",
                "most_accessed_file": "/cache/popular_movie.mkv",
                "cache_hit_ratio": 0.85
            }
        }
        """;

    private const string UserStatistics = """
        {
            "success": true,
            "data": {
                "user_id": "user1",
                "period_days": 30,
                "total_files": 45,
                "active_files": 42,
                "total_size_bytes": 21474836480,
                "total_size_readable": "20.0 GB",
                "most_common_operation": "watchlist",
                "recent_files": [
                    {
                        "filename": "recent_movie.mkv",
                        "cached_at": "2023-12-01T10:30:00Z",
                        "file_size_readable": "2.5 GB",
                        "operation": "watchlist"
                    }
                ]
            }
        }
        """;

    private const string Search = """
        {
            "success": true,
            "data": {
                "query": "movie",
                "search_type": "filename",
                "results": [],
                "total_found": 25,
                "limited_to": 50
            }
        }
        """;

    [Fact]
    public async Task Lists_and_statistics_answer_as_the_document_shows()
    {
        using var cache = new TempDirectory();
        await using var world = await OpenAsync(
            new ManualTime(At("2023-11-01T08:00:00Z")), "--Origins:cache:Path", cache.Path, "--Origins:cache:Prefix", "/cache/", "--DefaultOrigin", "nas");
        Sparse(cache, "file.mkv", 1L << 30);
        Sparse(cache, "popular_movie.mkv", (100L << 30) - (1L << 30) - 3);
        Sparse(cache, "empty.mkv", 0);
        Sparse(cache, "gone.mkv", 0);
        var popular = await world.RecordAsync("""{"file_path": "/path/to/popular_movie.mkv", "cached_path": "/cache/popular_movie.mkv", "user_id": "user1"}""");
        await RecordManyAsync(world, 98, "user1");
        await RecordManyAsync(world, 42, "user3");
        await RecordManyAsync(world, 5, "user3", "lost ", copy: "gone");
        await LoseAsync(world, cache);

        // Three misses, and seventeen hits.
        world.Time.Advance(TimeSpan.FromDays(10));
        for (var i = 0; i < 3; i++) world.Service.Put($"miss{i}", [1]);
        for (var i = 0; i < 20; i++) Assert.Single(await world.Http.GetByteArrayAsync($"/api/cached/content?path=miss{i % 3}"));
        for (var i = 0; i < 10; i++) await DataAsync(await world.Http.PostAsync($"{FilesAddress}/{popular}/access", null));

        world.Time.Advance(At("2023-12-01T10:30:00Z") - world.Time.GetUtcNow());
        var id = await world.RecordAsync("""
            {"file_path": "/path/to/file.mkv", "original_path": "/media/file.mkv", "cached_path": "/cache/file.mkv", "cache_method": "symlink",
             "user_id": "user1", "triggered_by_operation": "watchlist"}
            """);
        await DataAsync(await world.Http.PutAsync($"{FilesAddress}/{id}/users/user2", null));
        world.Time.Advance(At("2023-12-01T15:45:00Z") - world.Time.GetUtcNow());
        for (var i = 0; i < 5; i++) await DataAsync(await world.Http.PostAsync($"{FilesAddress}/{id}/access", null));

        await AssertAsync(world, FilesAddress + "?user_id=user1", List);
        await AssertAsync(world, "/api/cached/statistics", Statistics);
    }

    [Fact]
    public async Task User_statistics_and_search_answer_as_the_document_shows()
    {
        using var cache = new TempDirectory();
        await using var world = await OpenAsync(
            new ManualTime(At("2023-12-01T10:00:00Z")), "--Origins:cache:Path", cache.Path, "--Origins:cache:Prefix", "/cache/", "--DefaultOrigin", "nas");
        Sparse(cache, "recent.mkv", 5L << 29);
        Sparse(cache, "rest.mkv", (20L << 30) - (5L << 29));
        Sparse(cache, "empty.mkv", 0);
        Sparse(cache, "gone.mkv", 0);
        await world.RecordAsync("""{"file_path": "/path/to/rest.mkv", "cached_path": "/cache/rest.mkv", "user_id": "user1", "operation": "trakt"}""");
        await RecordManyAsync(world, 24, "user1", "movie ", "watchlist");
        await RecordManyAsync(world, 16, "user1", "film ", "ondeck");
        await RecordManyAsync(world, 3, "user1", "lost ", "ondeck", "gone");
        await LoseAsync(world, cache);
        world.Time.Advance(TimeSpan.FromMinutes(30));
        await world.RecordAsync("""{"file_path": "/path/to/recent_movie.mkv", "cached_path": "/cache/recent.mkv", "user_id": "user1", "operation": "watchlist"}""");

        await AssertAsync(world, "/api/cached/users/user1/stats?days=30", UserStatistics);
        await AssertAsync(world, FilesAddress + "/search?q=movie&type=filename", Search);
        await AssertAsync(world, "/api/cached/users/user1/stats", UserStatistics);
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private static void Sparse(TempDirectory folder, string name, long length)
    {
        using var file = File.Create(folder.Combine(name));
        file.SetLength(length);
    }

    private static Task RecordManyAsync(CatalogueWorld world, int count, string user, string name = "other ", string operation = "manual", string copy = "empty") =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), async (number, _) => await world.RecordAsync(
            $$"""{"file_path": "/{{user}}/{{name}}{{number}}", "cached_path": "/cache/{{copy}}.mkv", "user_id": "{{user}}", "operation": "{{operation}}"}"""));

    /// <summary>A copy that several files have is gone, which the cleanup notices.</summary>
    private static async Task LoseAsync(CatalogueWorld world, TempDirectory cache)
    {
        File.Delete(cache.Combine("gone.mkv"));
        await DataAsync(await world.Http.PostAsync("/api/cached/cleanup", null));
    }

    private static async Task AssertAsync(CatalogueWorld world, string address, string example)
    {
        var answer = await world.Http.GetStringAsync(address);
        var differences = Differences("", JsonDocument.Parse(example).RootElement, JsonDocument.Parse(answer).RootElement).ToList();
        Assert.True(differences.Count == 0, $"{address}: {string.Join("; ", differences)}\n{answer}");
    }

    private static IEnumerable<string> Differences(string at, JsonElement shown, JsonElement answered)
    {
        if (shown.ValueKind != answered.ValueKind) return [$"{at} is {answered.ValueKind}, not {shown.ValueKind}"];
        switch (shown.ValueKind)
        {
            case JsonValueKind.Object:
                var names = shown.EnumerateObject().Select(property => property.Name).ToList();
                var found = answered.EnumerateObject().Select(property => property.Name).Where(names.Contains).ToList();
                return names.SequenceEqual(found)
                    ? shown.EnumerateObject().SelectMany(property => Differences($"{at}.{property.Name}", property.Value, answered.GetProperty(property.Name)))
                    : [$"{at} has {string.Join(", ", found)}, not {string.Join(", ", names)}"];
            // An example shows the first few.
            case JsonValueKind.Array:
                return shown.EnumerateArray().Select((item, i) => (item, i)).SelectMany(each => each.i < answered.GetArrayLength()
                    ? Differences($"{at}[{each.i}]", each.item, answered[each.i])
                    : [$"{at} has only {answered.GetArrayLength()}"]);
            default:
                var isId = shown.ToString() == "uuid" && Guid.TryParse(answered.ToString(), out _);
                return isId || shown.GetRawText() == answered.GetRawText() ? [] : [$"{at} is {answered.GetRawText()}, not {shown.GetRawText()}"];
        }
    }
}
