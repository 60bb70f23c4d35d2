using CacheFunctions.IntegrationTests.Service;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>The dashboard in a browser, with all that it complains of.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _problems = [];

    private DashboardPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <param name="view">As #/sessions.</param>
    public static async Task<DashboardPage> OpenAsync(TestService service, string view = "#/cached", int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = service.Http.BaseAddress!.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            Locale = "en-GB",
            TimezoneId = "UTC",
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Chromium.PatienceMilliseconds);
        var opened = new DashboardPage(context, await context.NewPageAsync());
        opened.Listen();
        await opened.Page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))");
        await opened.GoAsync(view);
        return opened;
    }

    public async Task GoAsync(string view)
    {
        await Page.GotoAsync($"/dashboard{view}");
        await Expect(Page.Locator($"main[data-view='{view.Split('?')[0][2..]}'] h1")).ToBeVisibleAsync();
    }

    /// <summary>Waits until the list shows exactly these names, in this order.</summary>
    public Task ShowsAsync(params string[] names) => Expect(Page.Locator("main tbody tr .link")).ToHaveTextAsync(names);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true }).Last;

    public ILocator Field(string name) => Page.GetByLabel(name, new PageGetByLabelOptions { Exact = true }).Last;

    public ILocator Dialog => Page.Locator("dialog[open]").Last;

    /// <summary>Waits for a message that something was done.</summary>
    public Task ToldAsync(string text) => Expect(Page.Locator(".message", new PageLocatorOptions { HasText = text }).First).ToBeVisibleAsync();

    /// <summary>Nothing was thrown, and nothing refused by the page's policy.</summary>
    public void HasNoProblems() => Assert.Empty(_problems);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Listen()
    {
        Page.PageError += (_, error) => _problems.Add(error);
        Page.Dialog += (_, dialog) => _problems.Add($"a dialogue: {dialog.Message}");
        Page.Console += (_, message) =>
        {
            // What the service refuses, the browser tells as an error of its own.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _problems.Add(message.Text);
        };
    }
}
