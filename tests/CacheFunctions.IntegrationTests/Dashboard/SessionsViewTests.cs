using Microsoft.Playwright;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>A person's work with sessions, in a browser.</summary>
public sealed class SessionsViewTests
{
    [SkippableTheory]
    [InlineData("Keep both", "both kept", "theirs")]
    [InlineData("Overwrite", "active", "mine")]
    [InlineData("Discard", "active", "theirs")]
    public async Task A_person_resolves_a_conflict(string choice, string state, string onOrigin)
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "first");
        var id = await service.OpenAsync("a.txt", "zoe");
        await DataAsync(await service.Http.PutAsync($"/api/sessions/{id}/content", new StringContent("mine")));
        service.Put("a.txt", "theirs");
        await ErrorAsync(409, "conflict", await service.Http.PostAsync($"/api/sessions/{id}/sync", null));

        await using var dashboard = await DashboardPage.OpenAsync(service, "#/sessions");
        var row = dashboard.Page.Locator("main tbody tr");
        await Expect(row).ToContainTextAsync("conflict");
        await dashboard.Button("Resolve…").ClickAsync();
        await Expect(dashboard.Dialog.GetByLabel("On the origin now")).ToContainTextAsync("6.0 B");
        await Expect(dashboard.Dialog.GetByLabel("This session")).ToContainTextAsync("4.0 B");
        await dashboard.Button(choice).ClickAsync();
        await Expect(row).ToContainTextAsync(state);
        Assert.Equal(onOrigin, service.Get("a.txt"));
        Assert.Equal(choice == "Keep both" ? 2 : 1, Directory.GetFiles(service.Origin).Length);
        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task A_person_sees_who_edits_what_writes_back_and_breaks_a_lock()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "first");
        service.Put("b.txt", "first");
        var dirty = await service.OpenAsync("a.txt", "zoe");
        await DataAsync(await service.Http.PutAsync($"/api/sessions/{dirty}/content", new StringContent("second")));
        await DataAsync(await service.Http.PostAsync("/api/sessions", Json("""{"user_id": "adam", "file_path": "b.txt", "lock": true}""")));
        await using var dashboard = await DashboardPage.OpenAsync(service, "#/sessions");
        var (page, rows) = (dashboard.Page, dashboard.Page.Locator("main tbody tr"));
        ILocator RowOf(string user) => rows.Filter(new LocatorFilterOptions { HasText = user });
        await Expect(RowOf("zoe")).ToContainTextAsync("not on the origin yet");
        await Expect(RowOf("adam")).ToContainTextAsync("locked");

        await dashboard.Button("Write back").ClickAsync();
        await Expect(RowOf("zoe")).ToContainTextAsync("in sync");
        Assert.Equal("second", service.Get("a.txt"));
        await dashboard.Button("Break lock…").ClickAsync();
        await dashboard.Button("Break the lock").ClickAsync();
        await dashboard.ToldAsync("Lock of adam broken");

        await dashboard.Button("Clean up…").ClickAsync();
        await dashboard.Button("Dry run").ClickAsync();
        await Expect(dashboard.Dialog).ToContainTextAsync("Nothing to clean up");
        await page.Keyboard.PressAsync("Escape");
        await dashboard.Button("a.txt").ClickAsync();
        await Expect(dashboard.Dialog.Locator(".history").Last).ToContainTextAsync("session synced");
        await dashboard.Button("End…").ClickAsync();
        await dashboard.Button("End").ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        dashboard.HasNoProblems();
    }
}
