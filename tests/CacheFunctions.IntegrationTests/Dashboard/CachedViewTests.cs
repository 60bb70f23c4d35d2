using CacheFunctions.Content;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.Playwright;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>A person's work with cached files, in a browser.</summary>
public sealed class CachedViewTests
{
    private const string Files = "/api/cached/files";

    [SkippableFact]
    public async Task A_person_finds_files_by_search_filters_and_order_with_the_keyboard()
    {
        await using var service = await StartAsync();
        await CacheAsync(service, "films/long.mkv", 3_000, "user1", "watchlist");
        await CacheAsync(service, "films/short.mkv", 1_000, "user2", "trakt");
        await CacheAsync(service, "music/song.flac", 2_000, "user1", "manual");
        await using var dashboard = await DashboardPage.OpenAsync(service);
        var page = dashboard.Page;
        await dashboard.ShowsAsync("song.flac", "short.mkv", "long.mkv");
        await Expect(page.Locator(".tile", new PageLocatorOptions { HasText = "Files" })).ToContainTextAsync("3");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("films");
        await dashboard.ShowsAsync("short.mkv", "long.mkv");
        await dashboard.Button("Size").ClickAsync();
        await dashboard.ShowsAsync("long.mkv", "short.mkv");
        await dashboard.Field("User").FillAsync("user2");
        await dashboard.ShowsAsync("short.mkv");
        // The address holds it all.
        await page.ReloadAsync();
        await dashboard.ShowsAsync("short.mkv");
        await dashboard.Button("Clear").ClickAsync();
        await dashboard.Field("Why").SelectOptionAsync("manual");
        await dashboard.ShowsAsync("song.flac");
        await dashboard.Field("Why").SelectOptionAsync("");
        await dashboard.Field("From size").FillAsync("1.5 KB");
        await dashboard.ShowsAsync("song.flac", "long.mkv");
        await dashboard.Field("To size").FillAsync("2500");
        await dashboard.ShowsAsync("song.flac");
        await dashboard.Field("Status").SelectOptionAsync("removed");
        await Expect(page.GetByText("No cached file fits.")).ToBeVisibleAsync();
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task A_person_turns_pages_and_sees_for_whom_and_why_a_file_is_cached()
    {
        await using var service = await StartAsync();
        var items = string.Join(',', Enumerable.Range(0, 30).Select(i =>
        {
            service.Put($"{i:00}.txt", "text");
            return $$"""{"file_path": "{{i:00}}.txt", "user_id": "zoe", "triggered_by_operation": "ondeck", "metadata": {"number": {{i}} } }""";
        }));
        await DataAsync(await service.Http.PostAsync("/api/cached/batch", Json($$"""{"add": [{{items}}]}""")));
        await using var dashboard = await DashboardPage.OpenAsync(service, "#/cached?limit=25&sort=filename");
        var (page, rows) = (dashboard.Page, dashboard.Page.Locator("main tbody tr"));
        await Expect(rows).ToHaveCountAsync(25);
        await Expect(page.GetByText("1 to 25 of 30")).ToBeVisibleAsync();
        await dashboard.Button("Next").ClickAsync();
        await Expect(rows).ToHaveCountAsync(5);
        await Expect(page.GetByText("26 to 30 of 30")).ToBeVisibleAsync();
        await dashboard.Button("29.txt").PressAsync("Enter");
        await Expect(dashboard.Dialog.Locator(".people")).ToContainTextAsync("zoe");
        await Expect(dashboard.Dialog.Locator(".people")).ToContainTextAsync("ondeck");
        await Expect(dashboard.Dialog.Locator("pre")).ToContainTextAsync("\"number\": 29");
        await Expect(dashboard.Dialog.Locator(".history li")).ToContainTextAsync(["file cached"]);
        await dashboard.Button("Pin").ClickAsync();
        await Expect(dashboard.Dialog.Locator(".history li")).ToContainTextAsync(["file pinned", "file cached"]);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        // The focus is where it was.
        await Expect(dashboard.Button("29.txt")).ToBeFocusedAsync();
        await Expect(rows.Last).ToContainTextAsync("pinned");
        await dashboard.Button("Previous").ClickAsync();
        await Expect(rows).ToHaveCountAsync(25);
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task What_others_cache_appears_by_itself()
    {
        await using var service = await StartAsync();
        await CacheAsync(service, "old.txt", 1, "user1", "manual");
        await using var dashboard = await DashboardPage.OpenAsync(service);
        await dashboard.ShowsAsync("old.txt");
        await Expect(dashboard.Page.Locator(".live")).Not.ToHaveTextAsync("Connecting…");
        await CacheAsync(service, "new.txt", 1, "user2", "manual");
        await dashboard.ShowsAsync("new.txt", "old.txt");
        await Expect(dashboard.Page.Locator(".tile", new PageLocatorOptions { HasText = "Files" })).ToContainTextAsync("2");
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task A_cleanup_shows_what_is_orphaned_before_it_removes_it()
    {
        await using var service = await StartAsync();
        await CacheAsync(service, "kept.txt", 1, "user1", "manual");
        var lost = await CacheAsync(service, "lost.txt", 1, "user1", "manual");
        await foreach (var copy in service.Contents.ListAsync(ContentName.Cache, lost, default)) await service.Contents.DeleteAsync(ContentName.Cache, copy.Name, default);
        await using var dashboard = await DashboardPage.OpenAsync(service);
        await dashboard.Button("Clean up…").ClickAsync();
        await dashboard.Button("Dry run").ClickAsync();
        await Expect(dashboard.Dialog).ToContainTextAsync("1 orphaned file");
        await Expect(dashboard.Dialog.Locator(".paths li")).ToHaveTextAsync(["lost.txt"]);
        Assert.Equal("orphaned", (await DataAsync(await service.Http.GetAsync($"{Files}/{lost}"))).GetProperty("status").GetString());
        await dashboard.Button("Remove 1 file").ClickAsync();
        await dashboard.ToldAsync("1 orphaned files removed.");
        await dashboard.ShowsAsync("kept.txt");
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task An_export_is_saved_with_the_key_that_was_asked_for()
    {
        await using var service = await StartAsync("--Keys:Function:default", "right-key");
        service.Http.DefaultRequestHeaders.Add("x-functions-key", "right-key");
        await CacheAsync(service, "a.txt", 1, "user1", "manual");
        await using var dashboard = await DashboardPage.OpenAsync(service);
        var page = dashboard.Page;
        await dashboard.Field("Key").FillAsync("wrong-key");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dashboard.Dialog).ToContainTextAsync("The key was not accepted.");
        await dashboard.Field("Key").FillAsync("right-key");
        await page.Keyboard.PressAsync("Enter");
        await dashboard.ShowsAsync("a.txt");
        await dashboard.Button("Export…").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => dashboard.Button("Export").ClickAsync());
        Assert.Matches(@"^cached-files-\d{4}-\d\d-\d\d\.csv$", download.SuggestedFilename);
        var text = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.Contains("a.txt", text, StringComparison.Ordinal);
        // Only in this tab, and in no address.
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length"));
        Assert.DoesNotContain("right-key", await page.EvaluateAsync<string>("() => location.href + document.cookie + performance.getEntries().map(each => each.name)"), StringComparison.Ordinal);
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task A_long_copy_shows_how_far_it_is()
    {
        await using var service = await StartAsync();
        await using var dashboard = await DashboardPage.OpenAsync(service);
        var page = dashboard.Page;
        // No copy of a test takes the twenty seconds after which the service answers with a job, so these answers are the test's own.
        var asked = 0;
        await page.RouteAsync("**/api/cached/files", route => route.Request.Method == "POST"
            ? route.FulfillAsync(Answer(202, """{"success": true, "data": {"job_id": "a job"}}"""))
            : route.ContinueAsync());
        await page.RouteAsync("**/api/jobs/a%20job", route => route.FulfillAsync(Answer(200, ++asked == 1
            ? """{"success": true, "data": {"job_id": "a job", "state": "running", "bytes_done": 10485760, "bytes_total": 41943040, "result": null, "error": null}}"""
            : """{"success": true, "data": {"job_id": "a job", "state": "succeeded", "bytes_done": 41943040, "bytes_total": 41943040, "result": {}, "error": null}}""")));
        await dashboard.Button("Cache a file…").ClickAsync();
        await dashboard.Field("Path on the origin").FillAsync("long.bin");
        await dashboard.Button("Cache it").ClickAsync();
        var bar = page.GetByRole(AriaRole.Progressbar, new() { Name = "Caching long.bin" });
        await Expect(bar).ToHaveAttributeAsync("aria-valuetext", "25.0 %, 10.0 MB of 40.0 MB");
        await dashboard.ToldAsync("Caching long.bin: done.");
        await Expect(bar).ToHaveCountAsync(0);
        dashboard.HasNoProblems();

        static RouteFulfillOptions Answer(int status, string json) => new() { Status = status, ContentType = "application/json", Body = json };
    }

    internal static async Task<string> CacheAsync(TestService service, string path, int length, string user, string why)
    {
        service.Put(path, new byte[length]);
        var answer = await service.Http.PostAsync(Files, Json($$"""{"file_path": "{{path}}", "user_id": "{{user}}", "triggered_by_operation": "{{why}}"}"""));
        return (await DataAsync(answer)).GetProperty("id").GetString()!;
    }
}
