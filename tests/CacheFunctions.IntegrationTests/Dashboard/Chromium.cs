using Microsoft.Playwright;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>The browser of this machine, one for all tests that ask. Without one they are left out.</summary>
internal static class Chromium
{
    /// <summary>For what a test waits for at the most; a machine with much else to do is slow.</summary>
    public const float PatienceMilliseconds = 30_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly Lazy<Task<IBrowser>> Shared = new(StartAsync);

    private static string? Path => Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } path ? path : Places.FirstOrDefault(File.Exists);

    public static Task<IBrowser> GetAsync()
    {
        Skip.If(Path is null, "There is no Chromium on this machine: install it (apt-get install chromium), or set CHROMIUM_PATH.");
        return Shared.Value;
    }

    private static async Task<IBrowser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var playwright = await Playwright.CreateAsync();
        // The sandbox needs rights that containers mostly lack; only this service's own pages are opened.
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }
}
