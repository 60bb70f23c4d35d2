using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using CacheFunctions.SelfHost.Functions;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Package;

/// <summary>The custom handler's package under a host that does what the Functions host does.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task Under_the_Functions_host_a_file_is_opened_read_saved_written_back_by_the_timer_and_closed()
    {
        using var package = await PackageFolder.GetAsync();
        using var origin = new TempDirectory();
        await File.WriteAllTextAsync(origin.Combine("report.docx"), "old report");
        await using var host = await PlayedHost.StartAsync(package.Path, await SettingsAsync(origin.Path));

        using (var stranger = new HttpClient { BaseAddress = host.Http.BaseAddress })
        {
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/api/health")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/sessions")).StatusCode);
        }

        using var created = await host.Http.PostAsync("/api/sessions", Json("""{"user_id": 1, "file_path": "report.docx"}"""));
        await DataAsync(created);
        var address = created.Headers.Location!.OriginalString;
        Assert.Equal("old report", await host.Http.GetStringAsync(address + "/content"));
        using (var part = new HttpRequestMessage(HttpMethod.Get, address + "/content") { Headers = { Range = new RangeHeaderValue(4, null) } })
        {
            using var answer = await host.Http.SendAsync(part);
            Assert.Equal((HttpStatusCode.PartialContent, "report"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        // In chunks, without a length, as the older way of forwarding would lose it.
        using (var save = new HttpRequestMessage(HttpMethod.Put, address + "/content") { Content = new StringContent("new report"), Headers = { TransferEncodingChunked = true } })
            Assert.Equal(2, (await DataAsync(await host.Http.SendAsync(save))).GetProperty("version").GetInt64());
        Assert.Equal("old report", await File.ReadAllTextAsync(origin.Combine("report.docx")));
        foreach (var timer in host.Timers) await host.RunTimerAsync(timer);
        Assert.Equal("new report", await File.ReadAllTextAsync(origin.Combine("report.docx")));
        await DataAsync(await host.Http.DeleteAsync(address));
        await ErrorAsync(404, "not_found", await host.Http.GetAsync(address));
        Assert.DoesNotContain("warn:", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_Functions_host_a_signed_address_is_the_host_s_own()
    {
        using var package = await PackageFolder.GetAsync();
        using var origin = new TempDirectory();
        await using var host = await PlayedHost.StartAsync(package.Path, await SettingsAsync(origin.Path));
        using var put = await host.Http.PutAsync("/api/files/lms/user/me/essay.txt", new StringContent("my essay"));
        put.EnsureSuccessStatusCode();
        using var asked = await host.Http.PostAsync("/api/files/download-url", Json(
            """{"domain": "lms", "level": "user", "user_id": "me", "filename": "essay.txt"}"""));
        var url = new Uri((await DataAsync(asked)).GetProperty("url").GetString()!);
        Assert.Equal(host.Http.BaseAddress!.Authority, url.Authority);
        using var browser = new HttpClient();
        Assert.Equal("my essay", await browser.GetStringAsync(url));
    }

    [Fact]
    public async Task Every_function_has_its_folder_and_nothing_lies_there_that_is_not_needed()
    {
        using var package = await PackageFolder.GetAsync();
        PlayedFunction.ReadAll(package.Path, out var http, out var timers);
        var functions = FunctionCatalog.Of(FunctionClasses.All, "");
        Assert.Equal(functions.Timers.Select(each => (each.Name, each.Schedule)).Order(), timers.Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(
            functions.Http.Select(each => $"{each.Name} {each.Template.TemplateText} {each.Level} {string.Join(',', each.Methods!)}"),
            http.OrderBy(each => each.Name, StringComparer.OrdinalIgnoreCase)
                .Select(each => $"{each.Name} {each.Template.TemplateText} {each.Level} {string.Join(',', each.Methods!)}"));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(package.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(package.Path, file)),
            file => Path.GetExtension(file) is ".pdb" or ".xml" or ".mjs" or ".config"
                || file.StartsWith("Azurite", StringComparison.Ordinal)
                || Path.GetFileName(file) is "local.settings.json" or "package.json" or "libcoreclrtraceptprovider.so");
    }

    [Fact]
    public async Task A_start_loads_nothing_for_what_is_not_configured()
    {
        using var package = await PackageFolder.GetAsync();
        using var origin = new TempDirectory();
        await using var host = await PlayedHost.StartAsync(package.Path, await SettingsAsync(origin.Path));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/api/files/blog/app/none.txt")).StatusCode);
        var loaded = host.LoadedFiles();
        Assert.Contains("CacheFunctions.Core.dll", loaded);
        string[] unused = ["Microsoft.IdentityModel.", "OpenTelemetry", "System.IO.FileSystem.Watcher", "System.Threading.RateLimiting", "Microsoft.AspNetCore.HostFiltering"];
        Assert.DoesNotContain(loaded, file => unused.Any(each => file.StartsWith(each, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("AzureWebJobsStorage")]
    [InlineData("Origins__nas__Path")]
    public async Task Under_the_Functions_host_nothing_stands_in_for_what_is_not_configured(string setting)
    {
        using var package = await PackageFolder.GetAsync();
        using var origin = new TempDirectory();
        var settings = await SettingsAsync(origin.Path);
        settings.Remove(setting);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PlayedHost.StartAsync(package.Path, settings));
        Assert.Contains($"{setting.Split("__")[0]}", error.Message, StringComparison.Ordinal);
        Assert.Contains("is missing", error.Message, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(string origin) => new()
    {
        ["AzureWebJobsStorage"] = await StorageEmulator.NewAccountAsync(),
        ["Origins__nas__Path"] = origin,
        ["Encryption__Keys__k1"] = Convert.ToBase64String(SHA256.HashData("a key for tests"u8)),
        ["Sessions__SyncAfterSeconds"] = "0",
        ["Schedules__Frequent"] = "0 * * * * *",
        ["Schedules__Cleanup"] = "0 0 * * * *",
        ["Schedules__Maintenance"] = "0 30 3 * * *",
        [PackageFolder.DotnetRoot.Name] = PackageFolder.DotnetRoot.Value,
    };
}
