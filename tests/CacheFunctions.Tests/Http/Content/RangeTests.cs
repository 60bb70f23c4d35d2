using System.Globalization;
using System.Net;
using System.Text.Json;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Http.Content;

/// <summary>Range requests, RFC 9110 section 14, on a content of 1000 bytes.</summary>
public class RangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 0)]
    [InlineData("bytes=0-999", 0, 999)]
    [InlineData("bytes=10-19", 10, 19)]
    [InlineData("bytes=990-", 990, 999)]
    [InlineData("bytes=0-", 0, 999)]
    [InlineData("bytes=990-5000", 990, 999)]
    [InlineData("bytes=-1", 999, 999)]
    [InlineData("bytes=-10", 990, 999)]
    [InlineData("bytes=-5000", 0, 999)]
    [InlineData("BYTES=0-9", 0, 9)]
    [InlineData("bytes=5000-, 0-9", 0, 9)]
    public async Task One_range_gives_its_bytes(string range, int first, int last)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {first}-{last}/1000", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(host.Bytes[first..(last + 1)], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(last - first + 1, response.Content.Headers.ContentLength);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(ContentHost.ETag, response.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("bytes=1000-", 1000)]
    [InlineData("bytes=1000-1001", 1000)]
    [InlineData("bytes=-0", 1000)]
    [InlineData("bytes=2000-, 3000-4000", 1000)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=0-9", 0)]
    public async Task A_range_past_the_end_is_416_with_the_length_in_the_envelope(string range, int length)
    {
        await using var host = await ContentHost.StartAsync(length);

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Null(response.Content.Headers.ContentDisposition);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("range_not_satisfiable", body.RootElement.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("bytes=0-9")]
    [InlineData("bytes=0-9,20-29")]
    [InlineData("bytes=0-")]
    [InlineData("none")]
    public async Task Content_that_cannot_be_opened_is_an_error_that_speaks_of_no_range(string range)
    {
        await using var host = await ContentHost.StartAsync(failure: CacheException.NotFound("The version is gone."));

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentRange);
        Assert.Null(response.Content.Headers.ContentDisposition);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("not_found", body.RootElement.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=9-0")]
    [InlineData("bytes=-")]
    [InlineData("bytes=0-9;20-29")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("lines=0-9")]
    public async Task A_range_that_is_malformed_or_of_another_unit_gives_the_whole(string range)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(host.Bytes, await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=0-9,5-14")]
    [InlineData("bytes=20-29,0-9,25-26")]
    [InlineData("bytes=0-,-1")]
    [InlineData("bytes=0-0,0-0")]
    public async Task Ranges_that_overlap_give_the_whole_once(string range)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal((HttpStatusCode.OK, 1000L), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData(16, HttpStatusCode.PartialContent)]
    [InlineData(17, HttpStatusCode.OK)]
    public async Task More_than_16_ranges_give_the_whole(int count, HttpStatusCode expected)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync($"Range: bytes={string.Join(',', Enumerable.Range(0, count).Select(i => $"{i * 20}-{i * 20 + 4}"))}");

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-9, 20-29", "0-9 20-29")]
    [InlineData("bytes=-10, 0-0", "990-999 0-0")]
    [InlineData("bytes=0-9,10-19", "0-9 10-19")]
    [InlineData("bytes=500-,5000-,0-1", "500-999 0-1")]
    public async Task Several_ranges_come_as_parts_in_the_order_asked(string range, string expected)
    {
        await using var host = await ContentHost.StartAsync();

        using var response = await host.GetAsync($"Range: {range}");

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentRange);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        var parts = Multipart.Parse(response.Content.Headers.ContentType!, body);
        Assert.Equal(expected.Split(' ').Select(span => $"bytes {span}/1000"), parts.Select(part => part.Headers["Content-Range"]));
        foreach (var part in parts)
        {
            var span = part.Headers["Content-Range"].Split(' ', '-', '/');
            Assert.Equal("text/plain", part.Headers["Content-Type"]);
            Assert.Equal(host.Bytes[int.Parse(span[1], CultureInfo.InvariantCulture)..(int.Parse(span[2], CultureInfo.InvariantCulture) + 1)], part.Body);
        }
    }
}
