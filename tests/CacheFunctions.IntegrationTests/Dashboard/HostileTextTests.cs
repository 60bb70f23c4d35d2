using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.Playwright;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static Microsoft.Playwright.Assertions;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>Texts that would be markup or code if a page were careless, in every field that a caller controls.</summary>
public sealed class HostileTextTests
{
    // As a browser writes JSON.
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Texts =
    [
        "<script>window.pwned=1</script>",
        "<img src=x onerror=window.pwned=1>",
        "\"><svg onload=window.pwned=1>",
        "'onfocus='window.pwned=1' autofocus='",
        "</title></style></textarea><script>window.pwned=1</script>",
        "<iframe srcdoc=\"<script>parent.pwned=1</script>\">",
        "<a href=javascript:window.pwned=1>x</a>",
        "javascript:window.pwned=1",
        "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
        "<base href=elsewhere.example>",
        "<meta http-equiv=refresh content=0;url=elsewhere.example>",
        "<style>*{display:none}</style>",
        "&lt;img src=x onerror=window.pwned=1&gt;",
        "${window.pwned=1}{{constructor.constructor('window.pwned=1')()}}",
        "--><!--<svg><animate onbegin=window.pwned=1 attributeName=x>",
        "__proto__",
        "constructor",
    ];

    [SkippableFact]
    public async Task Texts_of_callers_are_shown_as_they_are_and_never_become_markup()
    {
        await using var service = await StartAsync("--DISK_CACHE_MAX_BYTES", "1048576");
        service.Put("real.txt", "text");
        foreach (var text in Texts) await PutEverywhereAsync(service, text);
        await using var dashboard = await DashboardPage.OpenAsync(service, "#/cached?limit=500");
        var page = dashboard.Page;
        await Expect(page.Locator("main tbody tr")).ToHaveCountAsync(Texts.Length);
        await IsHarmlessAsync(dashboard, Texts);
        foreach (var text in Texts)
        {
            var path = page.Locator("bdi.path").Filter(new() { HasTextRegex = new Regex($"^{Regex.Escape(text)}$") });
            await page.Locator("main tbody tr").Filter(new() { Has = path }).GetByRole(AriaRole.Button).ClickAsync();
            await Expect(dashboard.Dialog.Locator(".history")).ToContainTextAsync(text);
            await Expect(dashboard.Dialog.Locator(".people")).ToContainTextAsync(text);
            await Expect(dashboard.Dialog.Locator("pre")).ToContainTextAsync(JsonSerializer.Serialize(text, Unescaped));
            await IsHarmlessAsync(dashboard, [text]);
            await page.Keyboard.PressAsync("Escape");
        }

        // What is asked for comes back in the address, in fields and in refusals.
        foreach (var text in Texts.Take(4))
        {
            await dashboard.GoAsync($"#/cached?search={Uri.EscapeDataString(text)}&user_id={Uri.EscapeDataString(text)}&sort={Uri.EscapeDataString(text)}");
            await dashboard.Button("Cache a file…").ClickAsync();
            await dashboard.Field("Path on the origin").FillAsync($"missing/{text}");
            await dashboard.Button("Cache it").ClickAsync();
            await Expect(page.Locator(".message.failed").First).ToBeVisibleAsync();
            await IsHarmlessAsync(dashboard, []);
        }

        foreach (var view in new[] { "#/cached/history", "#/cached/statistics", "#/sessions", "#/directories" })
        {
            await dashboard.GoAsync(view);
            await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
            await Expect(page.Locator("main")).ToContainTextAsync("window.pwned");
            await IsHarmlessAsync(dashboard, []);
        }

        dashboard.HasNoProblems();
    }

    [SkippableFact]
    public async Task Characters_that_cannot_be_seen_are_spelt_out()
    {
        await using var service = await StartAsync();
        await CachedViewTests.CacheAsync(service, "report\u202egpj.exe", 1, "ad\u200bmin", "manual");
        await using var dashboard = await DashboardPage.OpenAsync(service);
        await dashboard.ShowsAsync(@"report\u202egpj.exe");
        await Expect(dashboard.Page.Locator("main tbody tr")).ToContainTextAsync(@"ad\u200bmin");
    }

    /// <summary>Paths, names, users, reasons, metadata (keys too); in the catalogue, in sessions and in directories.</summary>
    private static async Task PutEverywhereAsync(TestService service, string text)
    {
        // A name can hold all but the slash.
        var name = text.Replace("/", "", StringComparison.Ordinal);
        var cached = await DataAsync(await service.Http.PostAsync("/api/cached/files", Body(new
        {
            file_path = text,
            cached_path = "/mnt/nas/real.txt",
            user_id = text,
            attribution_reason = text,
            metadata = new Dictionary<string, string> { [text] = text },
        })));
        await DataAsync(await service.Http.PutAsync(
            $"/api/cached/files/{cached.GetProperty("id").GetString()}/users/{Uri.EscapeDataString($"second {name}")}", Body(new { attribution_reason = text })));
        await DataAsync(await service.Http.PostAsync("/api/sessions", Body(new { user_id = text, file_path = $"{name}.txt", create = true })));
        await DataAsync(await service.Http.PutAsync($"/cache/content/{Uri.EscapeDataString(name)}/file.txt", new ByteArrayContent(new byte[100_000])));
        await DataAsync(await service.Http.PostAsync($"/cache/register/{Uri.EscapeDataString(name)}", null));
    }

    private static StringContent Body(object body) => Json(JsonSerializer.Serialize(body));

    private static async Task IsHarmlessAsync(DashboardPage dashboard, string[] shown)
    {
        var page = dashboard.Page;
        Assert.Null(await page.EvaluateAsync<int?>("() => window.pwned ?? null"));
        Assert.Equal("", await page.EvaluateAsync<string>("""
            () => [...document.querySelectorAll('*')].filter(each => ['IFRAME', 'BASE', 'STYLE', 'MATH', 'ANIMATE', 'OBJECT', 'EMBED'].includes(each.tagName.toUpperCase())
                || (each.tagName === 'SCRIPT' && each.getAttribute('src') !== '/dashboard/app.js')
                || (each.tagName === 'IMG' && each.getAttribute('src') !== '/dashboard/icon.svg')
                || (each.tagName === 'META' && each.httpEquiv)
                || each.getAttributeNames().some(name => name.startsWith('on') || name === 'style')
                || (each.tagName === 'A' && each.href && !each.href.startsWith(location.origin) && !each.href.startsWith('blob:'))).map(each => each.outerHTML).join('\n')
            """));
        var text = await page.Locator("body").TextContentAsync();
        Assert.All(shown, each => Assert.Contains(each, text!, StringComparison.Ordinal));
    }
}
