using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CacheFunctions.Content;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Directories;

/// <summary>Compressed directories over HTTP: what is answered is what was put, however it is stored.</summary>
public sealed class CompressedDirectoryTests : IAsyncLifetime
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i:d6},")));

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_directory_is_registered_compressed_and_reads_as_it_was_put()
    {
        var noise = new byte[100_000];
        new Random(7).NextBytes(noise);
        await PutAsync("logs/a.csv", Text);
        await PutAsync("logs/noise.bin", noise);

        var registered = await RegisterAsync("logs?compress=true", HttpStatusCode.Created);

        Assert.True(registered.GetProperty("compressed").GetBoolean());
        Assert.InRange(registered.GetProperty("size_bytes").GetInt64(), 100_000, 900_000);
        Assert.Equal(await StoredAsync("logs/"), registered.GetProperty("size_bytes").GetInt64());
        await AssertReadsAsync("logs/a.csv", Text);
        await AssertReadsAsync("logs/noise.bin", noise);

        // What comes later too, and the statistics count what is stored.
        await PutAsync("logs/in/b.csv", Text);
        Assert.NotNull((await _service.Contents.FindAsync(ContentName.Directories, "logs/in/b.csv", default))!.Value.PlainBytes);
        await AssertReadsAsync("logs/in/b.csv", Text);
        using var stats = await _service.Http.GetAsync("/cache/stats?consistent=true");
        Assert.Equal(await StoredAsync("logs/"), (await TestService.DataAsync(stats)).GetProperty("total_bytes").GetInt64());
        Assert.True((await RegisterAsync("logs?compress=true", HttpStatusCode.OK)).GetProperty("compressed").GetBoolean());

        using var gone = await _service.Http.DeleteAsync("/cache/directories/logs?remove_files=true");
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        using var missing = await _service.Http.GetAsync("/cache/content/logs/a.csv");
        await TestService.ErrorAsync(404, "not_found", missing);
    }

    [Fact]
    public async Task A_folder_of_an_origin_is_brought_compressed()
    {
        _service.Put("albums/one/a.csv", Text);

        var imported = await RegisterAsync("music?from_origin=/mnt/nas/albums/one&compress=true", HttpStatusCode.Created);

        Assert.True(imported.GetProperty("compressed").GetBoolean());
        Assert.Equal(await StoredAsync("music/"), imported.GetProperty("size_bytes").GetInt64());
        Assert.InRange(imported.GetProperty("size_bytes").GetInt64(), 100, 900_000);
        await AssertReadsAsync("music/a.csv", Text);
    }

    [Fact]
    public async Task What_another_instance_has_replaced_is_answered_and_not_refused()
    {
        await PutAsync("shared/file", Text);
        // Known to this instance, but none of its bytes: HEAD reads none.
        using var head = await _service.Http.SendAsync(new(HttpMethod.Head, "/cache/content/shared/file"));
        await _service.Contents.WriteAsync(ContentName.Directories, "shared/file", new MemoryStream("another"u8.ToArray()), 7, default);

        using var answer = await _service.Http.GetAsync("/cache/content/shared/file");

        Assert.Equal((HttpStatusCode.OK, "another", 7), (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentLength));
        Assert.NotEqual(head.Headers.ETag, answer.Headers.ETag);
    }

    private async Task AssertReadsAsync(string path, byte[] bytes)
    {
        var address = "/cache/content/" + path;
        using var whole = await _service.Http.GetAsync(address);
        Assert.Equal((HttpStatusCode.OK, bytes.Length), (whole.StatusCode, whole.Content.Headers.ContentLength));
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());
        using var head = await _service.Http.SendAsync(new(HttpMethod.Head, address));
        Assert.Equal((bytes.Length, whole.Headers.ETag), (head.Content.Headers.ContentLength, head.Headers.ETag));
        var last = bytes.Length - 1;
        foreach (var (from, to) in new[] { (0, 0), (1, 99_998), (last - 70_000, last), (Math.Min(262_143, last), Math.Min(262_145, last)) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(from, to) } };
            // A range is one of the file, whatever the caller takes.
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using var part = await _service.Http.SendAsync(request);
            Assert.Equal((HttpStatusCode.PartialContent, whole.Headers.ETag), (part.StatusCode, part.Headers.ETag));
            Assert.Equal($"bytes {from}-{to}/{bytes.Length}", part.Content.Headers.ContentRange!.ToString());
            Assert.Equal(bytes[from..(to + 1)], await part.Content.ReadAsByteArrayAsync());
        }

        using var outside = await _service.Http.SendAsync(new(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(bytes.Length, null) } });
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.StatusCode);
        using var same = await _service.Http.SendAsync(new(HttpMethod.Get, address) { Headers = { IfNoneMatch = { whole.Headers.ETag! } } });
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        await AssertReadsGzipAsync(address, bytes, whole.Headers.ETag!);
    }

    private async Task AssertReadsGzipAsync(string address, byte[] bytes, EntityTagHeaderValue plain)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        using var answer = await _service.Http.SendAsync(request);
        var isCompressed = (await _service.Contents.FindAsync(ContentName.Directories, address["/cache/content/".Length..], default))!.Value.PlainBytes is not null;
        Assert.Equal(isCompressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Equal(!isCompressed, plain.Equals(answer.Headers.ETag));
        Stream body = await answer.Content.ReadAsStreamAsync();
        await using var content = isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body;
        var read = new MemoryStream();
        await content.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
    }

    private async Task PutAsync(string path, byte[] bytes)
    {
        using var answer = await _service.Http.PutAsync("/cache/content/" + path, new ByteArrayContent(bytes));
        Assert.Equal(bytes.Length, (await TestService.DataAsync(answer)).GetProperty("size_bytes").GetInt64());
    }

    private async Task<JsonElement> RegisterAsync(string address, HttpStatusCode status)
    {
        using var answer = await _service.Http.PostAsync("/cache/register/" + address, null);
        var data = await TestService.DataAsync(answer);
        Assert.Equal(status, answer.StatusCode);
        return data;
    }

    private async Task<long> StoredAsync(string prefix)
    {
        var sum = 0L;
        await foreach (var item in _service.Contents.ListAsync(ContentName.Directories, prefix, default)) sum += item.SizeBytes;
        return sum;
    }
}
