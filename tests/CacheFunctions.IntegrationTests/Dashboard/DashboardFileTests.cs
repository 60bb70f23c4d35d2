using System.Net;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Dashboard;

/// <summary>The dashboard's files over HTTP.</summary>
public sealed class DashboardFileTests
{
    [Fact]
    public async Task Files_need_no_key_run_nothing_inline_and_are_sent_once()
    {
        await using var service = await StartAsync("--Keys:Function:default", "a key");
        foreach (var (path, type) in new[] { ("/dashboard", "text/html"), ("/dashboard/app.js", "text/javascript"), ("/dashboard/parts/table.js", "text/javascript"), ("/dashboard/style.css", "text/css"), ("/dashboard/icon.svg", "image/svg+xml") })
        {
            using var answer = await service.Http.GetAsync(path);
            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal(("nosniff", "no-referrer"), (Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")), Assert.Single(answer.Headers.GetValues("Referrer-Policy"))));
            Assert.True(answer.Headers.CacheControl!.NoCache);

            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using var same = await service.Http.SendAsync(again);
            Assert.Equal((HttpStatusCode.NotModified, ""), (same.StatusCode, await same.Content.ReadAsStringAsync()));
            using var head = await service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            Assert.Equal((HttpStatusCode.OK, answer.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        }
    }

    [Theory]
    [InlineData("/dashboard/nothing.js")]
    [InlineData("/dashboard/Index.html")]
    [InlineData("/dashboard/views")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var service = await StartAsync();
        await ErrorAsync(404, "not_found", await service.Http.GetAsync(path));
    }
}
