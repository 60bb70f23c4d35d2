using System.Net;
using System.Security.Cryptography;
using CacheFunctions.Content;
using CacheFunctions.Uploads;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using CacheFunctions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static CacheFunctions.IntegrationTests.Uploads.TusClient;

namespace CacheFunctions.IntegrationTests.Uploads;

/// <summary>tus 1.0 over HTTP: core, creation, checksum, expiration, termination; and what becomes of an upload.</summary>
public sealed class ResumableUploadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Address = "/api/files/blog/user/7/film.mp4";

    private static readonly string Film = Metadata(("filename", "film.mp4"), ("domain", "blog"), ("level", "user"), ("user_id", "7"), ("filetype", "video/mp4"), ("relativePath", "a/b"));

    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private TestService _service = null!;

    private HttpClient Http => _service.Http;

    public async Task InitializeAsync() => _service = await StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_protocol_is_told_and_another_version_refused()
    {
        using var options = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/api/uploads"));
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(
            ("1.0.0", "creation,checksum,expiration,termination", "sha1,sha256,md5", "209715200000"),
            (Header(options, "Tus-Version"), Header(options, "Tus-Extension"), Header(options, "Tus-Checksum-Algorithm"), Header(options, "Tus-Max-Size")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/uploads") { Headers = { { "Tus-Resumable", "0.2.2" }, { "Upload-Length", "5" } } };
        using var other = await Http.SendAsync(request);
        await ErrorAsync(412, "precondition_failed", other);
        Assert.Equal("1.0.0", Header(other, "Tus-Version"));
        foreach (var (length, metadata, status) in new[] { (5, "", 400), (5, "filename !", 400), (-1, Film, 400), (209_715_200_001, Film, 413), (5, Film.Replace("level", "lovel", StringComparison.Ordinal), 400), (5, Film + ",session_id MQ==", 400), (5, Metadata(("session_id", "0011")), 404) })
        {
            using var refused = await CreateAsync(Http, length, metadata);
            Assert.Equal((status, "1.0.0"), ((int)refused.StatusCode, Header(refused, "Tus-Resumable")));
        }
    }

    [Fact]
    public async Task An_upload_becomes_a_file_with_its_last_byte()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var upload = await BeginAsync(Http, bytes.Length, Film);
        Assert.Equal(0, await OffsetAsync(Http, upload));
        using var wrong = await PatchAsync(Http, upload, 5, bytes[..10]);
        await ErrorAsync(409, "conflict", wrong);
        using var first = await PatchAsync(Http, upload, 0, bytes[..1_000_000]);
        Assert.Equal((HttpStatusCode.NoContent, "1000000"), (first.StatusCode, Header(first, "Upload-Offset")));
        using var head = await SendAsync(Http, HttpMethod.Head, upload);
        Assert.Equal(("1000000", "3000000", Film), (Header(head, "Upload-Offset"), Header(head, "Upload-Length"), Header(head, "Upload-Metadata")));
        await ErrorAsync(404, "file_not_found", await Http.GetAsync(Address));
        using var tooMuch = await PatchAsync(Http, upload, 1_000_000, new byte[2_000_001]);
        await ErrorAsync(400, "invalid_argument", tooMuch);
        using var typed = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Patch, upload) { Content = new ByteArrayContent([1]), Headers = { { "Tus-Resumable", "1.0.0" }, { "Upload-Offset", "1000000" } } });
        await ErrorAsync(415, "unsupported_media_type", typed);
        using var last = await PatchAsync(Http, upload, 1_000_000, bytes[1_000_000..]);
        Assert.Equal("3000000", Header(last, "Upload-Offset"));
        using var file = await Http.GetAsync(Address);
        Assert.Equal("video/mp4", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync());
        Assert.True((await DataAsync(await Http.GetAsync(Address + "?metadata=true"))).GetProperty("encrypted").GetBoolean());
        Assert.Equal(3_000_000, await OffsetAsync(Http, upload));
        Assert.Empty(await StagedAsync());

        var empty = await BeginAsync(Http, 0, Film);
        Assert.Equal(0, await OffsetAsync(Http, empty));
        Assert.Empty(await Http.GetByteArrayAsync(Address + "?use_cache=false"));
    }

    /// <summary>Requests break off anywhere, and go on at either of two instances.</summary>
    [Fact]
    public async Task Whatever_breaks_off_the_file_is_byte_exact()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        using var origin = new TempDirectory();
        var settings = SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        await using var one = await LocalService.StartAsync(settings);
        await using var two = await LocalService.StartAsync(settings);
        using var first = new HttpClient { BaseAddress = one.Address };
        using var second = new HttpClient { BaseAddress = two.Address };
        var bytes = new byte[20_000_000];
        random.NextBytes(bytes);
        var upload = await BeginAsync(first, bytes.Length, Film);
        var (broken, requests) = (0, 0);
        for (var offset = 0L; offset < bytes.Length; requests++)
        {
            var http = random.Next(2) == 0 ? first : second;
            var length = (int)Math.Min(bytes.Length - offset, random.Next(1, 6_000_000));
            var before = offset;
            if (random.Next(3) > 0)
            {
                broken++;
                var content = new InterruptedContent(bytes, (int)offset, length, random.Next(length));
                await Assert.ThrowsAnyAsync<Exception>(() => PatchAsync(http, upload, before, content, random.Next(4) == 0 ? Sha1(bytes.AsSpan((int)before, length)) : null));
            }
            else
            {
                using var answer = await PatchAsync(http, upload, offset, bytes[(int)offset..((int)offset + length)], random.Next(2) == 0 ? Sha1(bytes.AsSpan((int)offset, length)) : null);
                // What broke off before may come to storage only now; then this one is told to look again.
                Assert.True(answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"Seed {seed}: {answer}");
            }

            offset = await OffsetAsync(random.Next(2) == 0 ? first : second, upload);
            Assert.True(offset >= before, $"Seed {seed}: {before} bytes became {offset}.");
        }

        output.WriteLine($"{requests} requests, {broken} of them broken off");
        foreach (var http in new[] { first, second }) Assert.Equal(bytes, await http.GetByteArrayAsync(Address));
    }

    [Fact]
    public async Task An_upload_becomes_a_version_of_a_session_that_still_is_as_it_was()
    {
        _service.Put("a.bin", "old");
        var session = await _service.OpenAsync("a.bin");
        var content = $"/api/sessions/{session}/content";
        var metadata = Metadata(("session_id", session), ("filename", "a.bin"), ("filetype", "text/plain"));
        var fence = (await DataAsync(await Http.PostAsync($"/api/sessions/{session}/lock", null))).GetProperty("fence").GetInt64();
        var old = Header(await Http.GetAsync(content), "ETag");
        foreach (var (name, value, status) in new[] { ("X-Fence", Text(fence + 1), 412), ("If-Match", "\"other\"", 412), ("X-Fence", "", 400), ("If-Match", "other", 400) })
        {
            using var refused = await SendAsync(Http, HttpMethod.Post, "/api/uploads", ("Upload-Length", "5"), ("Upload-Metadata", metadata), (name, value));
            Assert.Equal(status, (int)refused.StatusCode);
            using var file = await SendAsync(Http, HttpMethod.Post, "/api/uploads", ("Upload-Length", "5"), ("Upload-Metadata", Film), (name, value));
            await ErrorAsync(400, "invalid_argument", file);
        }

        var bytes = RandomNumberGenerator.GetBytes(5_000_000);
        var uploads = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var created = await SendAsync(
                Http, HttpMethod.Post, "/api/uploads", ("Upload-Length", Text(bytes.Length)), ("Upload-Metadata", metadata), ("X-Fence", Text(fence)), ("If-Match", old));
            uploads.Add(created.Headers.Location!.ToString());
        }

        using var first = await PatchAsync(Http, uploads[0], 0, bytes[..3_000_000]);
        using var last = await PatchAsync(Http, uploads[0], 3_000_000, bytes[3_000_000..]);
        Assert.Equal(HttpStatusCode.NoContent, last.StatusCode);
        using var saved = await Http.GetAsync(content);
        Assert.Equal(bytes, await saved.Content.ReadAsByteArrayAsync());
        using var head = await SendAsync(Http, HttpMethod.Head, uploads[0]);
        Assert.Equal((Header(saved, "ETag"), Header(saved, "ETag"), Text(bytes.Length)), (Header(last, "ETag"), Header(head, "ETag"), Header(head, "Upload-Offset")));
        // Its answer lost, the last piece comes again: it is there already, and nothing is saved twice.
        await ErrorAsync(409, "conflict", await PatchAsync(Http, uploads[0], 3_000_000, bytes[3_000_000..]));
        // The other one began from the version before.
        for (var i = 0; i < 2; i++)
        {
            await ErrorAsync(412, "precondition_failed", await PatchAsync(Http, uploads[1], 0, new byte[5_000_000]));
            using var refused = await SendAsync(Http, HttpMethod.Head, uploads[1]);
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        }

        Assert.Equal(2, (await DataAsync(await Http.GetAsync($"/api/sessions/{session}"))).GetProperty("version").GetInt32());
        await DataAsync(await Http.PostAsync($"/api/sessions/{session}/sync", null));
        Assert.Equal(bytes, _service.GetBytes("a.bin"));
    }

    [Fact]
    public async Task A_piece_with_a_wrong_checksum_is_dropped_whole()
    {
        var bytes = RandomNumberGenerator.GetBytes(10_000_000);
        var upload = await BeginAsync(Http, bytes.Length, Film);
        foreach (var length in new[] { 100, 4 << 20, 9_000_000 })
        {
            using var wrong = await PatchAsync(Http, upload, 0, bytes[..length], Sha1(bytes.AsSpan(1, length)));
            await ErrorAsync(460, "checksum_mismatch", wrong);
            Assert.Equal(0, await OffsetAsync(Http, upload));
        }

        foreach (var checksum in new[] { "crc32 AAAA", "sha1", "sha1 AAAA", "sha1 !", "" })
        {
            using var refused = await PatchAsync(Http, upload, 0, bytes[..10], checksum);
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, $"'{checksum}': {refused.StatusCode}");
        }

        using var first = await PatchAsync(Http, upload, 0, bytes[..9_000_000], Sha1(bytes.AsSpan(0, 9_000_000)));
        Assert.Equal(9_000_000, await OffsetAsync(Http, upload));
        using var last = await PatchAsync(Http, upload, 9_000_000, bytes[9_000_000..], $"sha256 {Convert.ToBase64String(SHA256.HashData(bytes.AsSpan(9_000_000)))}");
        Assert.Equal(bytes, await Http.GetByteArrayAsync(Address));
        Assert.Empty(await StagedAsync());
    }

    [Fact]
    public async Task Two_that_send_at_once_never_mix()
    {
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        var upload = await BeginAsync(Http, bytes.Length, Film);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PatchAsync(Http, upload, 0, bytes[..500_000])));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"{answer}"));
        Assert.Equal(500_000, await OffsetAsync(Http, upload));
        using var last = await PatchAsync(Http, upload, 500_000, bytes[500_000..]);
        Assert.Equal(bytes, await Http.GetByteArrayAsync(Address));
    }

    [Fact]
    public async Task What_is_whole_becomes_a_file_although_its_instance_died()
    {
        foreach (var byTimer in new[] { true, false })
        {
            var bytes = RandomNumberGenerator.GetBytes(1_000);
            var upload = await BeginAsync(Http, bytes.Length, Film);
            // All that an instance did before it died.
            Assert.True(await _service.Services.GetRequiredService<IUploadStore>().AppendAsync(upload[(upload.LastIndexOf('/') + 1)..], 0, bytes, default));
            if (byTimer) Assert.Equal((0, 1), await _service.Services.GetRequiredService<ResumableUploads>().RunCleanupAsync());
            Assert.Equal(1_000, await OffsetAsync(Http, upload));
            Assert.Equal(bytes, await Http.GetByteArrayAsync(Address));
        }
    }

    [Fact]
    public async Task An_upload_ends_when_it_is_terminated_or_has_rested_for_a_day()
    {
        var terminated = await BeginAsync(Http, 10, Film);
        using var piece = await PatchAsync(Http, terminated, 0, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.NoContent, piece.StatusCode);
        using var delete = await SendAsync(Http, HttpMethod.Delete, terminated);
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        await GoneAsync(Http, terminated);
        Assert.Empty(await StagedAsync());

        await using var service = await StartAsync(services => services.AddSingleton<TimeProvider>(_time));
        var (rests, goesOn) = (await BeginAsync(service.Http, 10, Film), await BeginAsync(service.Http, 10, Film));
        _time.Advance(TimeSpan.FromHours(23));
        using var more = await PatchAsync(service.Http, goesOn, 0, [1]);
        Assert.Equal(HttpStatusCode.NoContent, more.StatusCode);
        _time.Advance(TimeSpan.FromHours(1));
        await GoneAsync(service.Http, rests);
        Assert.Equal((1, 0), await service.Services.GetRequiredService<ResumableUploads>().RunCleanupAsync());
        Assert.Equal((0, 0), await service.Services.GetRequiredService<ResumableUploads>().RunCleanupAsync());
        Assert.Equal(1, await OffsetAsync(service.Http, goesOn));
    }

    [Fact]
    public async Task What_an_upload_costs_in_storage_transactions()
    {
        var upload = await BeginAsync(Http, 3_000_000, Film);
        var costs = await _service.CountAsync(async () => (await PatchAsync(Http, upload, 0, new byte[1_000_000])).Dispose());
        Assert.Equal((1, 1, 1, 0), (costs[StorageCall.TableRead], costs[StorageCall.BlobRead], costs[StorageCall.BlobWrite], costs[StorageCall.TableWrite]));
        var head = await _service.CountAsync(() => OffsetAsync(Http, upload));
        Assert.Equal((1, 1), (head.Tables, head.Blobs));
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static string Sha1(ReadOnlySpan<byte> bytes) => $"sha1 {Convert.ToBase64String(CryptographicOperations.HashData(HashAlgorithmName.SHA1, bytes))}";

    private static async Task GoneAsync(HttpClient http, string upload)
    {
        using var head = await SendAsync(http, HttpMethod.Head, upload);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        await ErrorAsync(404, "not_found", await PatchAsync(http, upload, 0, [1]));
        await ErrorAsync(404, "not_found", await SendAsync(http, HttpMethod.Delete, upload));
    }

    private async Task<IReadOnlyList<string>> StagedAsync() =>
        await _service.Contents.ListAsync(ContentName.Uploads, "", default).Select(item => item.Name).ToListAsync();
}
