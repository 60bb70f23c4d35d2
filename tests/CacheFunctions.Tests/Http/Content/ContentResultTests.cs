using System.Net;
using System.Security.Cryptography;

namespace CacheFunctions.Tests.Http.Content;

public class ContentResultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700_000)]
    public async Task Get_gives_the_whole_with_its_length_and_digest(int length)
    {
        await using var host = await ContentHost.StartAsync(length);

        using var response = await host.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(host.Bytes, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal([$"sha-256=:{Convert.ToBase64String(SHA256.HashData(host.Bytes))}:"], response.Headers.GetValues("Repr-Digest"));
    }

    [Fact]
    public async Task Get_describes_the_content()
    {
        await using var host = await ContentHost.StartAsync(fileName: "report.pdf");

        using var response = await host.GetAsync();

        Assert.Equal(ContentHost.ETag, response.Headers.ETag!.ToString());
        Assert.False(response.Headers.ETag.IsWeak);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 9, 5, 30, TimeSpan.Zero), response.Content.Headers.LastModified);
        Assert.Equal("application/pdf", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["bytes"], response.Headers.AcceptRanges);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["sandbox"], response.Headers.GetValues("Content-Security-Policy"));
    }

    [Fact]
    public async Task Head_says_what_get_says_without_the_bytes()
    {
        await using var host = await ContentHost.StartAsync();

        using var get = await host.GetAsync();
        using var head = await host.SendAsync(HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(Lines(get), Lines(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Head_takes_no_notice_of_a_range()
    {
        await using var host = await ContentHost.StartAsync();

        using var head = await host.SendAsync(HttpMethod.Head, "Range: bytes=0-9");

        Assert.Equal((HttpStatusCode.OK, 1000L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData(true, "private, max-age=31536000, immutable")]
    [InlineData(false, "private, no-cache")]
    public async Task Only_an_address_that_never_changes_may_be_kept(bool isImmutable, string expected)
    {
        await using var host = await ContentHost.StartAsync(isImmutable: isImmutable);

        using var response = await host.GetAsync();

        Assert.Equal(
            expected.Split(", ").Order(), response.Headers.NonValidated["Cache-Control"].ToString().Split(", ").Order());
    }

    [Theory]
    [InlineData("report.txt")]
    [InlineData("Bericht März – 日本 😀.txt")]
    [InlineData("a \"quoted\" name; filename=evil.txt")]
    [InlineData("it's 100% (a+b).txt")]
    [InlineData("semi;colon,comma.txt")]
    [InlineData("no extension")]
    public async Task The_name_arrives_as_it_is_and_always_as_an_attachment(string name)
    {
        await using var host = await ContentHost.StartAsync(fileName: name);

        var disposition = (await host.DescribeAsync()).ContentDisposition!;

        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal(name, disposition.FileNameStar ?? disposition.FileName!.Trim('"'));
        Assert.All(disposition.FileName!, letter => Assert.InRange(letter, ' ', '~'));
    }

    [Fact]
    public async Task A_name_with_line_ends_adds_no_header()
    {
        await using var host = await ContentHost.StartAsync(fileName: "a\r\nX-Evil: 1\r\n\r\nb\u0001.txt");

        using var response = await host.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("X-Evil"));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
    }

    private static IEnumerable<string> Lines(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
            .Order(StringComparer.Ordinal);
}
