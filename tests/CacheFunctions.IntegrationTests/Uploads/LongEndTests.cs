using System.Net;
using System.Security.Cryptography;
using CacheFunctions.Client;
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
    public async Task The_commit_of_a_staged_file_is_answered_by_a_job_that_can_be_waited_for()
    {
        var (files, space) = (_service.Client.Files, FileSpace.App("blog"));
        var upload = await files.CreateUploadUrlAsync(space, "film.mp4", staged: true);
        var commit = await CommitAsync(upload, (size, hash) => files.CommitUploadAsync(space, "film.mp4", upload.UploadId!, size, hash));
        Assert.Equal(("film.mp4", _bytes.Length), await commit.WaitAsync() is var file ? (file.Filename, file.SizeBytes) : default);
        Assert.Equal(_bytes, await Http.GetByteArrayAsync("/api/files/blog/app/film.mp4"));
    }

    [Fact]
    public async Task The_commit_of_a_version_is_answered_by_a_job_that_can_be_waited_for()
    {
        _service.Put("film.mp4", "old");
        var (sessions, session) = (_service.Client.Sessions, await _service.OpenAsync("film.mp4"));
        var upload = await sessions.CreateUploadAsync(session);
        var commit = await CommitAsync(upload, (size, hash) => sessions.CommitUploadAsync(session, upload.UploadId!, size, hash), whileItWaits: async () =>
            Assert.Equal(1, (await sessions.GetAsync(session)).Version));
        Assert.Equal(2, (await commit.WaitAsync()).Version);
        Assert.Equal(_bytes, await Http.GetByteArrayAsync($"/api/sessions/{session}/content"));
    }

    /// <summary>Uploads, commits, and outwaits the answer, which is 202.</summary>
    private async Task<Outcome<T>> CommitAsync<T>(UploadAddress upload, Func<long, string, Task<Outcome<T>>> commit, Func<Task>? whileItWaits = null)
    {
        await _service.Client.Files.SendToAsync(upload, new MemoryStream(_bytes));
        _contents.Close();
        var outcome = await OutwaitAsync(_contents.Waiting, commit(_bytes.Length, Convert.ToHexStringLower(SHA256.HashData(_bytes))));
        Assert.False(outcome.IsDone);
        if (whileItWaits is not null) await whileItWaits();
        _contents.Open();
        return outcome;
    }

    private async Task<T> OutwaitAsync<T>(Task waiting, Task<T> request)
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
