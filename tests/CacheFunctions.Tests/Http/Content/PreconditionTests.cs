using System.Net;
using System.Text.Json;

namespace CacheFunctions.Tests.Http.Content;

/// <summary>Conditional requests, RFC 9110 section 13. The content has the tag "v1" and is of 09:05:30.</summary>
public class PreconditionTests
{
    private const string Before = "Sat, 31 Jan 2026 09:05:29 GMT";
    private const string Same = "Sat, 31 Jan 2026 09:05:30 GMT";
    private const string After = "Sat, 31 Jan 2026 09:05:31 GMT";

    [Theory]
    [InlineData("If-None-Match: \"v1\"")]
    [InlineData("If-None-Match: W/\"v1\"")]
    [InlineData("If-None-Match: \"v0\", W/\"v1\"")]
    [InlineData("If-None-Match: *")]
    [InlineData($"If-Modified-Since: {Same}")]
    [InlineData($"If-Modified-Since: {After}")]
    public async Task What_the_caller_has_already_is_not_sent_again(string condition)
    {
        await using var host = await ContentHost.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var response = await host.SendAsync(method, condition);

            Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
            Assert.Equal(ContentHost.ETag, response.Headers.ETag!.ToString());
            Assert.True(response.Headers.CacheControl!.Private);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("If-None-Match: \"v0\"")]
    [InlineData("If-None-Match: v1")]
    [InlineData($"If-Modified-Since: {Before}")]
    [InlineData("If-Modified-Since: yesterday")]
    [InlineData("If-Match: \"v1\"")]
    [InlineData("If-Match: \"v0\", \"v1\"")]
    [InlineData("If-Match: *")]
    [InlineData($"If-Unmodified-Since: {Same}")]
    [InlineData($"If-Unmodified-Since: {After}")]
    [InlineData("If-Unmodified-Since: tomorrow")]
    public async Task A_condition_that_holds_or_is_not_understood_gives_the_content(string condition)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync(condition);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(host.Bytes, await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("If-Match: \"v0\"")]
    [InlineData("If-Match: W/\"v1\"")]
    [InlineData("If-Match: v1")]
    [InlineData($"If-Unmodified-Since: {Before}")]
    public async Task A_condition_that_fails_is_412_in_the_envelope_with_the_tag_that_stands(string condition)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync(condition);

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Equal(ContentHost.ETag, response.Headers.ETag!.ToString());
        Assert.Null(response.Content.Headers.ContentDisposition);
        Assert.False(response.Headers.Contains("Repr-Digest"));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.False(body.RootElement.GetProperty("success").GetBoolean());
        Assert.Equal("precondition_failed", body.RootElement.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("If-Match: \"v1\"", $"If-Unmodified-Since: {Before}", 200)]
    [InlineData("If-Match: \"v0\"", $"If-Unmodified-Since: {After}", 412)]
    [InlineData("If-None-Match: \"v0\"", $"If-Modified-Since: {After}", 200)]
    [InlineData("If-None-Match: \"v1\"", $"If-Modified-Since: {Before}", 304)]
    [InlineData("If-Match: \"v0\"", "If-None-Match: \"v1\"", 412)]
    [InlineData("If-Match: \"v1\"", "If-None-Match: \"v1\"", 304)]
    [InlineData($"If-Unmodified-Since: {Before}", $"If-Modified-Since: {After}", 412)]
    [InlineData("If-None-Match: \"v1\"", "Range: bytes=0-9", 304)]
    [InlineData("If-Match: \"v0\"", "Range: bytes=0-9", 412)]
    [InlineData("If-Match: \"v1\"", "Range: bytes=0-9", 206)]
    [InlineData("If-Match: \"v0\"", "Range: bytes=5000-", 412)]
    public async Task Conditions_count_in_the_order_of_the_standard(string one, string other, int status)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync(one, other);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("\"v1\"", 206)]
    [InlineData("\"v0\"", 200)]
    [InlineData("W/\"v1\"", 200)]
    [InlineData(Same, 206)]
    [InlineData(Before, 200)]
    [InlineData(After, 200)]
    [InlineData("nonsense", 200)]
    public async Task A_range_of_another_version_gives_the_whole(string ifRange, int status)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync("Range: bytes=0-9", $"If-Range: {ifRange}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 206 ? 10 : 1000, (await response.Content.ReadAsByteArrayAsync()).Length);
    }
}
