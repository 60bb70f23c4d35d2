using CacheFunctions.IntegrationTests.Service;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>A person's work with cached directories, in a browser.</summary>
public sealed class DirectoriesViewTests
{
    [SkippableFact]
    public async Task A_person_sees_the_quota_why_directories_went_and_what_another_policy_would_do()
    {
        await using var service = await StartAsync("--DISK_CACHE_MAX_BYTES", "2000000");
        await RegisterAsync(service, "first", 1_000_000);
        await RegisterAsync(service, "second", 600_000);
        using (await service.Http.GetAsync("/cache/content/second/file.bin")) { }
        await RegisterAsync(service, "third", 400_000);
        await DataAsync(await service.Http.PostAsync("/cache/cleanup", null));
        await using var dashboard = await DashboardPage.OpenAsync(service, "#/directories");
        var page = dashboard.Page;
        await Expect(page.GetByLabel("50.0 % of the quota is used")).ToBeVisibleAsync();
        await Expect(page.Locator(".marks li")).ToHaveTextAsync(["low watermark 1.5 MB: evictions end", "high watermark 1.7 MB: evictions begin"]);
        var evicted = page.GetByLabel("Evictions, and why").Locator("tbody tr");
        await Expect(evicted).ToContainTextAsync("first");
        await Expect(evicted).ToContainTextAsync("by lru this directory was next");
        await Expect(page.Locator(".tile").Filter(new() { HasText = "Next expiry" })).ToContainTextAsync("in 24 hours");

        await dashboard.Button("Simulate").ClickAsync();
        await Expect(page.GetByText("Reads that found their file")).ToBeVisibleAsync();
        await Expect(page.Locator(".bars").First.Locator("li")).ToHaveCountAsync(5);
        await dashboard.Button("Pin").ClickAsync();
        await Expect(page.Locator(".badge", new() { HasText = "pinned" })).ToHaveCountAsync(1);
        await dashboard.Button("Clean up…").ClickAsync();
        await Expect(dashboard.Dialog).ToContainTextAsync("Dry run: nothing would be removed");
        await page.Keyboard.PressAsync("Escape");
        await dashboard.Button("Stop the scheduler").ClickAsync();
        await Expect(dashboard.Button("Start the scheduler")).ToBeVisibleAsync();
        dashboard.HasNoProblems();
    }

    private static async Task RegisterAsync(TestService service, string path, int length)
    {
        await DataAsync(await service.Http.PutAsync($"/cache/content/{path}/file.bin", new ByteArrayContent(new byte[length])));
        await DataAsync(await service.Http.PostAsync($"/cache/register/{path}", null));
    }
}
