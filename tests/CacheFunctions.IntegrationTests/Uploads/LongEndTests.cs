using System.Net;
using System.Security.Cryptography;
using CacheFunctions.Content;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Jobs;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Tests;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Uploads;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Service.TestService;
using static CacheFunctions.IntegrationTests.Uploads.TusClient;

namespace CacheFunctions.IntegrationTests.Uploads;

/// <summary>What is made of an upload for longer than its caller waits is a job's, and the answer says which.</summary>
public sealed class LongEndTests : IAsyncLifetime
{
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(300_000);
    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private GatedContentStore _contents = null!;
    private GatedUploadStore _uploads = null!;
    private TestService _service = null!;

    private HttpClient Http => _service.Http;

    public async Task InitializeAsync()
    {
        _service = await StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.AddSingleton<IContentStore>(provider => _contents = new GatedContentStore(ActivatorUtilities.CreateInstance<BlobContentStore>(provider)));
            services.AddSingleton<IUploadStore>(provider => _uploads = new GatedUploadStore(ActivatorUtilities.CreateInstance<BlobUploadStore>(provider)));
        });
        // Made when they are first asked for.
        _ = (_service.Contents, _service.Services.GetRequiredService<IUploadStore>());
        _contents.Open();
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_last_piece_is_answered_by_202_and_so_is_who_asks_meanwhile()
    {
        var upload = await BeginAsync(Http, _bytes.Length, Metadata(("domain", "blog"), ("level", "app"), ("filename", "film.mp4")));
        using var sent = await OutwaitAsync(_uploads.Waiting, PatchAsync(Http, upload, 0, _bytes));
        Assert.Equal((HttpStatusCode.Accepted, Text(_bytes.Length)), (sent.StatusCode, Assert.Single(sent.Headers.GetValues("Upload-Offset"))));
        var asking = SendAsync(Http, HttpMethod.Head, upload);
        await _time.UntilAsync(() => Task.FromResult(asking.IsCompleted), TimeSpan.FromSeconds(1));
        using var head = await asking;
        Assert.Equal((HttpStatusCode.Accepted, sent.Headers.Location), (head.StatusCode, head.Headers.Location));
        _uploads.Open();
        await EndAsync(sent);
        Assert.Equal(_bytes.Length, await OffsetAsync(Http, upload));
        Assert.Equal(_bytes, await Http.GetByteArrayAsync("/api/files/blog/app/film.mp4"));
    }

    [Fact]
    public async Task The_commit_of_a_staged_file_is_answered_by_202()
    {
        using var asked = await Http.PostAsync("/api/files/upload-url", Json("""{"domain": "blog", "level": "app", "filename": "film.mp4", "staged": true}"""));
        using var answer = await CommitAsync(asked, "/api/files/commit");
        await EndAsync(answer);
        Assert.Equal(_bytes, await Http.GetByteArrayAsync("/api/files/blog/app/film.mp4"));
    }

    [Fact]
    public async Task The_commit_of_a_version_is_answered_by_202()
    {
        _service.Put("film.mp4", "old");
        var session = $"/api/sessions/{await _service.OpenAsync("film.mp4")}";
        using var asked = await Http.PostAsync(session + "/upload-url", null);
        using var answer = await CommitAsync(asked, session + "/commit");
        Assert.Equal(1, (await DataAsync(await Http.GetAsync(session))).GetProperty("version").GetInt32());
        await EndAsync(answer);
        Assert.Equal(_bytes, await Http.GetByteArrayAsync(session + "/content"));
        Assert.Equal(2, (await DataAsync(await Http.GetAsync(session))).GetProperty("version").GetInt32());
    }

    /// <summary>Uploads, commits, and outwaits the answer.</summary>
    private async Task<HttpResponseMessage> CommitAsync(HttpResponseMessage asked, string address)
    {
        var upload = await DataAsync(asked);
        using var storage = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("url").GetString()) { Content = new ByteArrayContent(_bytes) };
        foreach (var header in upload.GetProperty("headers").EnumerateObject()) put.Headers.Add(header.Name, header.Value.GetString());
        (await storage.SendAsync(put)).EnsureSuccessStatusCode();
        _contents.Close();
        var commit = Json($$"""{"upload_id": "{{upload.GetProperty("upload_id").GetString()}}", "size_bytes": {{_bytes.Length}}, "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(_bytes))}}"}""");
        var answer = await OutwaitAsync(_contents.Waiting, Http.PostAsync(address, commit));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        _contents.Open();
        return answer;
    }

    private async Task<HttpResponseMessage> OutwaitAsync(Task waiting, Task<HttpResponseMessage> request)
    {
        await waiting;
        await _time.ArmedForAsync(_time.GetUtcNow() + Patience.Length);
        _time.Advance(Patience.Length);
        return await request;
    }

    private Task EndAsync(HttpResponseMessage answer) => _time.UntilAsync(async () =>
        (await DataAsync(await Http.GetAsync(answer.Headers.Location))).GetProperty("state").GetString() == "succeeded");

    /// <summary>Uploads that are opened only when a test says so.</summary>
    private sealed class GatedUploadStore(IUploadStore inner) : IUploadStore
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public int MaxPieceBytes => inner.MaxPieceBytes;

        public long MaxBytes => inner.MaxBytes;

        public void Open() => _open.TrySetResult();

        public Task CreateAsync(string id, CancellationToken cancellation) => inner.CreateAsync(id, cancellation);

        public Task<long?> LengthAsync(string id, CancellationToken cancellation) => inner.LengthAsync(id, cancellation);

        public Task<bool> AppendAsync(string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation) =>
            inner.AppendAsync(id, offset, piece, cancellation);

        public async Task<Stream?> OpenAsync(string id, CancellationToken cancellation)
        {
            _waiting.TrySetResult();
            await _open.Task.WaitAsync(cancellation);
            return await inner.OpenAsync(id, cancellation);
        }

        public Task DeleteAsync(string id, CancellationToken cancellation) => inner.DeleteAsync(id, cancellation);
    }
}
