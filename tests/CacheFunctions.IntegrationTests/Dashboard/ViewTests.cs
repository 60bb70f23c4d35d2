using CacheFunctions.IntegrationTests.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>Every view on a wide and on a narrow screen, in light and dark.</summary>
public sealed class ViewTests
{
    private static readonly string[] Titles = ["The Long Way Home", "Northern Lights", "A Quiet Harbour", "Winter Garden", "Paper Boats", "Salt and Stone", "The Cartographer"];
    private static readonly string[] Reasons = ["watchlist", "ondeck", "trakt", "manual", "continue_watching", "real_time_watch"];

    // Where to put pictures of the views, as docs/images; nowhere: none are taken.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_PICTURES");

    private static readonly string[] All = ["cached", "cached/statistics", "cached/history", "sessions", "directories", "health"];

    // Colours do not change what fits, so not every view is looked at in every way.
    private static readonly (int Width, ColorScheme Scheme, string[] Views)[] Ways =
    [
        (1440, ColorScheme.Light, All), (360, ColorScheme.Dark, All), (1440, ColorScheme.Dark, ["sessions"]), (360, ColorScheme.Light, ["cached"]),
    ];

    [SkippableFact]
    public async Task Every_view_fits_its_screen_and_every_control_has_a_name()
    {
        var time = new EarlierTime();
        await using var service = await StartAsync(services => services.AddSingleton<TimeProvider>(time), "--DISK_CACHE_MAX_BYTES", "3000000");
        await FillAsync(service, time);
        foreach (var (width, scheme, views) in Ways)
        {
            await using var dashboard = await DashboardPage.OpenAsync(service, "#/cached", width, scheme);
            foreach (var view in views)
            {
                await dashboard.GoAsync($"#/{view}");
                var page = dashboard.Page;
                await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
                await Expect(page.Locator("[aria-busy=true], .problem")).ToHaveCountAsync(0);
                if (view == "directories")
                {
                    await dashboard.Button("Simulate").ClickAsync();
                    await Expect(page.Locator(".bars")).ToHaveCountAsync(3);
                }

                Assert.Equal((view, 0), (view, await page.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - innerWidth)")));
                Assert.Equal((view, ""), (view, await NamelessAsync(page)));
                await PictureAsync(page, view, width, scheme);
            }

            dashboard.HasNoProblems();
        }
    }

    [SkippableFact]
    public async Task All_is_reached_with_the_keyboard()
    {
        await using var service = await StartAsync();
        await CachedViewTests.CacheAsync(service, "a.txt", 1, "user1", "manual");
        await using var dashboard = await DashboardPage.OpenAsync(service);
        var page = dashboard.Page;
        await dashboard.ShowsAsync("a.txt");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        var reached = new HashSet<string>();
        for (var i = 0; i < 40 && !reached.Contains("a.txt"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("() => document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"));
        }

        Assert.Superset(new HashSet<string> { "Cache a file…", "Clean up…", "Export…", "Statistics", "Search name and path", "Status", "Cached since", "Order", "Clear", "a.txt" }, reached);
        await page.Keyboard.PressAsync("Enter");
        await Expect(dashboard.Dialog).ToContainTextAsync("History");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sessions" }).PressAsync("Enter");
        await Expect(page.Locator("main h1")).ToHaveTextAsync("Sessions");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await Expect(page).ToHaveTitleAsync("Sessions · CacheFunctions");
    }

    /// <summary>The clock of this machine, set back: so there are days to show.</summary>
    private sealed class EarlierTime : TimeProvider
    {
        public TimeSpan Earlier { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - Earlier;
    }

    private static Task<string> NamelessAsync(IPage page) => page.EvaluateAsync<string>("""
        () => [...document.querySelectorAll('button, a[href], input, select, summary, [role=img], dialog, nav')]
            .filter(each => each.checkVisibility() && !(each.getAttribute('aria-label') || each.labels?.length || each.getAttribute('aria-labelledby') || each.textContent.trim()))
            .map(each => each.outerHTML).join('\n')
        """);

    private static async Task PictureAsync(IPage page, string view, int width, ColorScheme scheme)
    {
        if (Pictures is null) return;
        var name = $"{view.Replace('/', '-')}{(width < 1000 ? "-narrow" : "")}{(scheme == ColorScheme.Dark ? "-dark" : "")}.png";
        await page.EvaluateAsync("() => { document.activeElement.blur(); scrollTo(0, 0); }");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name) });
    }

    private static async Task FillAsync(TestService service, EarlierTime time)
    {
        foreach (var (i, title) in Titles.Index())
        {
            time.Earlier = TimeSpan.FromDays(4 * (Titles.Length - 1 - i));
            await CachedViewTests.CacheAsync(service, $"films/{title}.mkv", 30_000 * (i + 1) * (i + 1), $"user{i % 3 + 1}", Reasons[i % Reasons.Length]);
            for (var reads = 0; reads < 7 - i; reads++)
                using (await service.Http.GetAsync($"/api/cached/content?path={Uri.EscapeDataString($"films/{title}.mkv")}")) { }
            // Not cached yet: a miss.
            service.Put($"films/trailers/{i}.mp4", new byte[20_000]);
            using (await service.Http.GetAsync($"/api/cached/content?path=films/trailers/{i}.mp4")) { }
        }

        service.Put("documents/notes.txt", "Buy milk.\n");
        service.Put("documents/figures.csv", "month,sales\nJanuary,120\n");
        service.Put("documents/report.docx", new byte[9_100]);
        await DataAsync(await service.Http.PostAsync("/api/sessions", Json("""{"user_id": "zoe", "file_path": "documents/notes.txt", "lock": true}""")));
        await service.OpenAsync("documents/report.docx", "mia");
        var id = await service.OpenAsync("documents/figures.csv", "adam");
        await DataAsync(await service.Http.PutAsync($"/api/sessions/{id}/content", new StringContent("month,sales\nJanuary,150\n")));
        service.Put("documents/figures.csv", "month,sales\nJanuary,120\nFebruary,90\n");
        using (await service.Http.PostAsync($"/api/sessions/{id}/sync", null)) { }
        foreach (var (name, size) in new[] { ("album", 900_000), ("podcasts", 700_000), ("photos", 600_000), ("lectures", 650_000) })
        {
            await DataAsync(await service.Http.PutAsync($"/cache/content/{name}/a.bin", new ByteArrayContent(new byte[size])));
            await DataAsync(await service.Http.PostAsync($"/cache/register/{name}", null));
            for (var reads = 0; reads < 3; reads++)
                using (await service.Http.GetAsync($"/cache/content/{name}/a.bin")) { }
        }
    }
}
