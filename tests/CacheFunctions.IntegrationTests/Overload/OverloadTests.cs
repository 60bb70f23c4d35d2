using System.Net;
using CacheFunctions.IntegrationTests.Service;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Overload;

/// <summary>More callers at once than an instance takes.</summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Limit = 16;
    private const int Each = 250;
    private const long Length = 32L << 20;
    private const long HeldAt = 20L << 20;
    private const long UploadLength = 24L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // What an upload holds at the most, for as many as are taken, and what 500 requests need: less than what was sent, were all of it held.
    private const long MaxGrowth = (Limit * (8L << 20)) + (64L << 20);

    [Fact]
    public async Task Of_500_slow_uploads_and_downloads_as_many_as_the_limit_are_served_and_the_others_told_to_come_again()
    {
        using var origin = new TempDirectory();
        await using var service = await ServiceProcess.StartAsync(
            [.. SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path), "--Limits:Content", $"{Limit}", "--Logging:LogLevel:Default", "Warning"]);
        // An upload waits to be taken before it sends, however long this machine needs for 500 of them.
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Patience }) { BaseAddress = service.Http.BaseAddress, Timeout = Patience };
        await DataAsync(await http.PutAsync("/api/files/blog/app/large", new HeldContent(Length, -1, Task.CompletedTask)));
        var before = service.ResidentBytes;
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // By turns, so that some of both are taken.
        var both = Enumerable.Range(0, Each).Select(i => (Upload: UploadAsync(http, $"up{i}", goOn.Task), Download: DownloadAsync(http))).ToList();
        var uploads = both.Select(each => each.Upload).ToList();
        var downloads = both.Select(each => each.Download).ToList();
        var isTaken = await Task.WhenAll(uploads.Select(each => each.Decided));
        var answers = await Task.WhenAll(downloads);

        var busy = service.ResidentBytes;
        output.WriteLine($"Resident: {before >> 20} MiB, with {isTaken.Count(each => each)} uploads and {answers.Count(each => each.IsSuccessStatusCode)} downloads under way of {2 * Each} {busy >> 20} MiB");
        Assert.Equal(Limit, isTaken.Count(each => each) + answers.Count(each => each.IsSuccessStatusCode));
        foreach (var refused in answers.Where(each => !each.IsSuccessStatusCode))
        {
            await ErrorAsync(429, "throttled", refused);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        // The other kinds are none the worse.
        foreach (var address in new[] { "/api/health", "/api/ready", "/api/sessions" }) await DataAsync(await http.GetAsync(address));
        Assert.InRange(busy - before, long.MinValue, MaxGrowth);

        goOn.SetResult();
        foreach (var (upload, taken) in uploads.Zip(isTaken))
        {
            using var answer = await upload.Answer;
            if (taken) await DataAsync(answer);
            else await ErrorAsync(429, "throttled", answer);
        }

        foreach (var download in answers)
        {
            if (download.IsSuccessStatusCode) Assert.Equal(Length, await LengthAsync(download));
            download.Dispose();
        }

        output.WriteLine($"Resident at the end: {service.ResidentBytes >> 20} MiB");
        Assert.InRange(service.ResidentBytes - before, long.MinValue, MaxGrowth);
        // Every place was given back.
        await DataAsync(await http.PutAsync("/api/files/blog/app/after", new StringContent("after")));
    }

    /// <returns>Whether it was taken, and what it is answered in the end.</returns>
    private static (Task<bool> Decided, Task<HttpResponseMessage> Answer) UploadAsync(HttpClient http, string name, Task goOn)
    {
        var content = new HeldContent(UploadLength, HeldAt, goOn);
        // Whoever is refused has sent nothing.
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/files/blog/app/{name}") { Content = content, Headers = { ExpectContinue = true } };
        var answer = http.SendAsync(request);
        return (DecidedAsync(), answer);

        async Task<bool> DecidedAsync() => await Task.WhenAny(content.Held, answer) == content.Held;
    }

    private static async Task<HttpResponseMessage> DownloadAsync(HttpClient http)
    {
        var answer = await http.GetAsync("/api/files/blog/app/large", HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{answer}");
        return answer;
    }

    private static async Task<long> LengthAsync(HttpResponseMessage answer)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 << 10];
        long length = 0;
        for (int count; (count = await body.ReadAsync(buffer)) > 0;) length += count;
        return length;
    }
}
