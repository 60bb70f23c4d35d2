using System.Globalization;
using CacheFunctions.Storage;
using CacheFunctions.Tests;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Lists and searches over HTTP: filters, orders, pages, and what they cost.</summary>
public sealed class CachedListTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Every_filter_order_and_search_finds_what_it_should()
    {
        await using var world = await FourFilesAsync();
        foreach (var (query, names) in new[]
        {
            ("", "gamma.txt beta.mkv Alpha Film.mkv"),
            ("?search=FILM", "Alpha Film.mkv"),
            ("?search=media%2F", "beta.mkv Alpha Film.mkv"),
            ("?search=%25", ""),
            ("?user_id=user2", "gamma.txt beta.mkv"),
            ("?user_id=USER2", ""),
            ("?status=removed", "delta.txt"),
            ("?status=active", "gamma.txt beta.mkv Alpha Film.mkv"),
            ("?status=orphaned", ""),
            ("?triggered_by_operation=trakt", "beta.mkv"),
            ("?size_min=20", "gamma.txt beta.mkv"),
            ("?size_max=20", "beta.mkv Alpha Film.mkv"),
            ("?size_min=20&size_max=20", "beta.mkv"),
            ("?cached_since=2026-03-01T12:10:00Z", "gamma.txt beta.mkv"),
            ("?cached_since=2026-03-01T14:20:00%2B02:00", "gamma.txt"),
            ("?search=a&user_id=user1&size_min=15&triggered_by_operation=manual", "gamma.txt"),
            ("?sort=cached_at", "Alpha Film.mkv beta.mkv gamma.txt"),
            ("?sort=filename", "Alpha Film.mkv beta.mkv gamma.txt"),
            ("?sort=-filename", "gamma.txt beta.mkv Alpha Film.mkv"),
            ("?sort=-file_size_bytes", "gamma.txt beta.mkv Alpha Film.mkv"),
            ("?sort=-access_count", "beta.mkv"),
            ("?sort=-last_accessed", "beta.mkv"),
        })
        {
            var found = await world.NamesAsync(FilesAddress + query);
            // Of files that were never accessed, the first two orders say nothing.
            var expected = query.Contains("access", StringComparison.Ordinal) ? found[..1] : found;
            Assert.True(names == string.Join(' ', expected), $"{query}: {string.Join(' ', found)}");
        }

        foreach (var (query, names) in new[]
        {
            ("?q=FILM", "Alpha Film.mkv"),
            ("?q=trakt", "beta.mkv"),
            ("?q=trakt&type=operation", "beta.mkv"),
            ("?q=trakt&type=path", ""),
            ("?q=media&type=path", "beta.mkv Alpha Film.mkv"),
            ("?q=media&type=filename", ""),
            ("?q=ser2&type=user", "gamma.txt beta.mkv"),
            ("?q=.txt", "gamma.txt"),
            ("?q=.txt&include_removed=true", "delta.txt gamma.txt"),
            ("?q=_", ""),
        })
        {
            var found = string.Join(' ', await world.NamesAsync($"{FilesAddress}/search{query}", "results"));
            Assert.True(names == found, $"{query}: {found}");
        }

        Assert.Equal(["gamma.txt", "Alpha Film.mkv"], await world.NamesAsync("/api/cached/users/user1/files"));
        var limited = await world.GetAsync($"{FilesAddress}/search?q=a&limit=1");
        Assert.Equal((3, 1), (limited.GetProperty("total_found").GetInt32(), limited.GetProperty("limited_to").GetInt32()));
        Assert.Single(limited.GetProperty("results").EnumerateArray());
        var next = limited.GetProperty("pagination").GetProperty("cursor").GetString();
        Assert.Equal(["beta.mkv"], await world.NamesAsync($"{FilesAddress}/search?q=a&limit=1&cursor={next}", "results"));
    }

    [Fact]
    public async Task Pages_by_offset_and_by_cursor_hold_every_file_once()
    {
        await using var world = await OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 23), async (number, _) => await world.AddAsync($"f{number:00}.txt", number));
        var expected = Enumerable.Range(0, 23).Select(number => string.Create(CultureInfo.InvariantCulture, $"f{number:00}.txt")).ToList();
        foreach (var byCursor in new[] { false, true })
        {
            var (seen, cursor) = (new List<string>(), (string?)null);
            while (true)
            {
                var page = await world.GetAsync($"{FilesAddress}?sort=filename&limit=5&{(byCursor ? $"cursor={cursor}" : $"offset={seen.Count}")}");
                var pagination = page.GetProperty("pagination");
                seen.AddRange(Names(page));
                Assert.Equal(23, pagination.GetProperty("total_count").GetInt32());
                Assert.Equal(seen.Count < 23, pagination.GetProperty("has_more").GetBoolean());
                cursor = pagination.GetProperty("cursor").GetString();
                if (seen.Count >= 23) break;
            }

            Assert.Null(cursor);
            Assert.Equal(expected, seen);
        }

        var past = await world.GetAsync($"{FilesAddress}?offset=99");
        Assert.Empty(past.GetProperty("files").EnumerateArray());
        Assert.False(past.GetProperty("pagination").GetProperty("has_more").GetBoolean());
        Assert.Equal(99, past.GetProperty("filter_applied").GetProperty("offset").GetInt32());
        foreach (var (query, field, says) in new[]
        {
            ("offset=100001", "offset", "cursor"),
            ("offset=-1", "offset", "whole number"),
            ("limit=501", "limit", "1 to 500"),
            ("limit=0", "limit", "1 to 500"),
            ("sort=size", "sort", "file_size_bytes"),
            ("sort=--cached_at", "sort", "cached_at"),
            ("size_min=2&size_max=1", "size_min", "size_max"),
            ("cursor=AAAA", "cursor", "Begin again"),
            ("sized_min=2", "sized_min", "size_min"),
        })
        {
            var error = await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync($"{FilesAddress}?{query}"));
            Assert.Contains(says, error.GetProperty("details").GetProperty(field).GetString(), StringComparison.Ordinal);
        }

        var first = await world.GetAsync($"{FilesAddress}?sort=filename&limit=5");
        var ofNames = first.GetProperty("pagination").GetProperty("cursor").GetString();
        await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync($"{FilesAddress}?cursor={ofNames}"));
        await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync($"{FilesAddress}?sort=filename&offset=5&cursor={ofNames}"));
        await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync($"{FilesAddress}/search"));
    }

    [Fact]
    public async Task Warm_lists_searches_and_statistics_cost_at_most_one_storage_call_and_show_own_writes_at_once()
    {
        await using var world = await FourFilesAsync();
        string[] addresses =
        [
            FilesAddress, FilesAddress + "?search=a&sort=filename", FilesAddress + "/search?q=a", "/api/cached/statistics", "/api/cached/users/user1/stats",
            "/api/cached/users/user1/files",
        ];
        foreach (var address in addresses) await world.GetAsync(address);
        foreach (var address in addresses) Assert.Equal(0, (await world.CostAsync(address)).Calls);
        foreach (var address in addresses)
        {
            world.Time.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(1, (await world.CostAsync(address)).Calls);
            Assert.Equal(0, (await world.CostAsync(address)).Calls);
        }

        // A new file, and a changed one, are read once; the metadata of the new one comes with it.
        await world.AddAsync("new.txt", 1, """
            "metadata": {"year": 1999}
            """);
        var (list, calls) = await world.CostAsync(FilesAddress);
        Assert.Equal(("new.txt", 1), (Names(list).First(), calls));
        Assert.Equal(1999, list.GetProperty("files")[0].GetProperty("metadata").GetProperty("year").GetInt32());
        Assert.Equal(0, (await world.CostAsync(FilesAddress)).Calls);
        var id = list.GetProperty("files")[0].GetProperty("id").GetString();
        await DataAsync(await world.Http.PutAsync($"{FilesAddress}/{id}/pin", null));
        (list, calls) = await world.CostAsync(FilesAddress);
        Assert.Equal((true, 1), (list.GetProperty("files")[0].GetProperty("pinned").GetBoolean(), calls));
        await DataAsync(await world.Http.DeleteAsync($"{FilesAddress}/{id}/pin"));
        await DataAsync(await world.Http.DeleteAsync($"{FilesAddress}/{id}"));
        Assert.DoesNotContain("new.txt", await world.NamesAsync(FilesAddress));
    }

    [Fact]
    public async Task What_lists_tell_of_a_changed_file_is_its_new_row_also_where_the_index_holds_nothing_of_the_change()
    {
        await using var world = await OpenAsync(null, "--Cache:RevalidateAfter", "00:00:00");
        world.Service.Put("a.txt", "one");
        Assert.Equal("one", await world.Http.GetStringAsync("/api/cached/content?path=a.txt"));
        var before = (await world.GetAsync(FilesAddress)).GetProperty("files")[0];
        world.Service.Put("a.txt", "two");
        Assert.Equal("two", await world.Http.GetStringAsync("/api/cached/content?path=a.txt"));
        var after = (await world.GetAsync(FilesAddress)).GetProperty("files")[0];
        Assert.NotEqual(before.GetProperty("cached_path").GetString(), after.GetProperty("cached_path").GetString());
        Assert.NotEqual(before.GetProperty("sha256").GetString(), after.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Reads_of_content_count_as_accesses_without_a_storage_call_and_one_file_shows_what_the_list_shows()
    {
        await using var world = await OpenAsync();
        var id = await world.AddAsync("a.txt", 10);
        var address = $"{FilesAddress}/{id}";
        await world.GetAsync(FilesAddress);
        await world.LetHitsArriveAsync();
        using (var whole = await world.Http.GetAsync(address + "/content")) await world.EndedAsync(whole.EnsureSuccessStatusCode());
        using (var byPath = await world.Http.GetAsync("/api/cached/content?path=a.txt"))
        {
            await world.EndedAsync(byPath.EnsureSuccessStatusCode());
            using var same = new HttpRequestMessage(HttpMethod.Get, address + "/content");
            same.Headers.IfNoneMatch.Add(byPath.Headers.ETag!);
            using var unchanged = await world.Http.SendAsync(same);
            Assert.Equal(304, (int)unchanged.StatusCode);
            await world.EndedAsync(unchanged);
        }

        using (var head = await world.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address + "/content"))) head.EnsureSuccessStatusCode();
        using (var wrong = new HttpRequestMessage(HttpMethod.Get, address + "/content"))
        {
            wrong.Headers.TryAddWithoutValidation("Range", "bytes=100-");
            Assert.Equal(416, (int)(await world.Http.SendAsync(wrong)).StatusCode);
        }

        await DataAsync(await world.Http.PostAsync(address + "/access", null));
        var read = world.Time.GetUtcNow();
        var sent = await world.Service.CountAsync(world.LetHitsArriveAsync);
        // One notice; blobs are the timers'.
        Assert.True(sent.Tables == 1 && sent[StorageCall.TableWrite] == 1, sent.ToString());
        var listed = (await world.GetAsync(FilesAddress)).GetProperty("files")[0];
        var one = await world.GetAsync(address);
        foreach (var file in new[] { listed, one })
            Assert.Equal((4, read), (file.GetProperty("access_count").GetInt32(), file.GetProperty("last_accessed").GetDateTimeOffset()));

        // A later change of the row must not count the hits twice.
        var accessed = await DataAsync(await world.Http.PostAsync(address + "/access", null));
        Assert.Equal(5, accessed.GetProperty("access_count").GetInt32());
        Assert.Equal(5, (await world.GetAsync(FilesAddress)).GetProperty("files")[0].GetProperty("access_count").GetInt32());
    }

    /// <summary>Ten minutes apart; the last one was removed, the second one accessed.</summary>
    private static async Task<CatalogueWorld> FourFilesAsync()
    {
        var world = await OpenAsync(new ManualTime(Start));
        await world.AddAsync("media/Alpha Film.mkv", 10, """
            "user_id": "user1", "operation": "watchlist"
            """);
        world.Time.Advance(TimeSpan.FromMinutes(10));
        var beta = await world.AddAsync("media/beta.mkv", 20, """
            "user_id": "user2", "operation": "trakt"
            """);
        world.Time.Advance(TimeSpan.FromMinutes(10));
        var gamma = await world.AddAsync("docs/gamma.txt", 30, """
            "user_id": "user1"
            """);
        await DataAsync(await world.Http.PutAsync($"{FilesAddress}/{gamma}/users/user2", null));
        world.Time.Advance(TimeSpan.FromMinutes(10));
        var delta = await world.AddAsync("docs/delta.txt", 40, """
            "operation": "ondeck"
            """);
        await DataAsync(await world.Http.DeleteAsync($"{FilesAddress}/{delta}"));
        await DataAsync(await world.Http.PostAsync($"{FilesAddress}/{beta}/access", null));
        return world;
    }
}
