using System.Net;
using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Tests;

namespace CacheFunctions.IntegrationTests.Client;

/// <summary>Edit sessions as a client sees them, over HTTP on real storage.</summary>
public sealed class SessionLifeTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestService _service = null!;
    private CacheClient _client = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _client = ClientOf(_service.Http, _time);
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_locked_file_is_edited_written_back_and_freed()
    {
        _service.Put("documents/report.txt", "old report");
        var path = "documents/report.txt";
        string id;
        await using (var session = await _client.Sessions.OpenAsync(new NewSession { UserId = "1", FilePath = path, Lock = true }))
        {
            id = session.Id;
            var refused = await Assert.ThrowsAsync<CacheApiException>(
                () => _client.Sessions.OpenAsync(new NewSession { UserId = "2", FilePath = path, Lock = true }));
            Assert.Equal((HttpStatusCode.Locked, "locked", "1"), (refused.Status, refused.Code, refused.Details["holder"].GetString()));

            // The client's clock runs ahead; the lock is renewed by the service's.
            var before = (await _client.Locks.GetAsync(path)).ExpiresAt;
            await _time.UntilAsync(async () => (await _client.Locks.GetAsync(path)).ExpiresAt > before, TimeSpan.FromMinutes(1));
            Assert.False(session.LockLost.IsCancellationRequested);

            var saved = await session.SaveAsync(new MemoryStream("new report"u8.ToArray()), session.Info.Etag);
            Assert.Equal(2, saved.Version);
            await session.PatchAsync(0, new MemoryStream("NEW"u8.ToArray()));
            await using (var content = await session.OpenContentAsync(new ReadConditions { Range = ByteRange.From(4) }))
                Assert.Equal(("report", 4, 10), (await content.ReadTextAsync(), content.Info.Offset, content.Info.TotalLength));
            await using (var same = await session.OpenContentAsync(new ReadConditions { IfNoneMatch = (await session.RefreshAsync()).Etag }))
                Assert.True(same.Info.IsNotModified);
            var stale = await Assert.ThrowsAsync<CacheApiException>(() => session.SaveAsync(new MemoryStream([1]), saved.Etag));
            Assert.Equal((HttpStatusCode.PreconditionFailed, "precondition_failed"), (stale.Status, stale.Code));

            var versions = new List<VersionInfo>();
            await foreach (var version in session.ListVersions(pageSize: 2)) versions.Add(version);
            Assert.Equal([(3, true), (2, false), (1, false)], versions.Select(version => (version.Version, version.Current)));
            Assert.Equal(4, (await session.RestoreAsync(2)).Version);
            Assert.True((await session.SyncAsync()).Written);
            Assert.Equal("new report", _service.Get(path));
            await session.SaveAsync(new MemoryStream("at last"u8.ToArray()));
        }

        // Disposing wrote it back.
        Assert.Equal("at last", _service.Get(path));
        Assert.False((await _client.Locks.GetAsync(path)).Locked);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<CacheApiException>(() => _client.Sessions.GetAsync(id))).Status);
        var operations = await _client.Sessions.ListOperations(sessionId: id).GetPageAsync();
        Assert.Contains("session_closed", operations.Items.Select(operation => operation.OperationType));
    }

    [Fact]
    public async Task Work_that_conflicts_stays_on_the_service_until_somebody_chooses()
    {
        _service.Put("a.txt", "one");
        string id;
        await using (var session = await _client.Sessions.OpenAsync(new NewSession { UserId = "1", FilePath = "a.txt" }))
        {
            id = session.Id;
            await session.SaveAsync(new MemoryStream("mine"u8.ToArray()));
            _service.Put("a.txt", "theirs");
            Assert.Equal("conflict", (await Assert.ThrowsAsync<CacheApiException>(() => session.SyncAsync())).Code);
        }

        Assert.Equal((SessionState.Conflict, true), await StateAsync());
        var kept = await (await _client.Sessions.SyncAsync(id, OnConflict.KeepBoth)).WaitAsync();
        Assert.Equal(("mine", "theirs"), (_service.Get(kept.ConflictCopy!["/mnt/nas/".Length..]), _service.Get("a.txt")));
        Assert.Equal(SessionState.Closed, (await _client.Sessions.EndAsync(id)).State);

        async Task<(SessionState, bool)> StateAsync() => await _client.Sessions.GetAsync(id) is var info ? (info.State, info.Dirty) : default;
    }

    [Fact]
    public async Task A_lock_that_an_admin_breaks_is_told_and_its_writes_are_refused()
    {
        _service.Put("a.txt", "one");
        await using var session = await _client.Sessions.OpenAsync(new NewSession { UserId = "1", FilePath = "a.txt", Lock = true });
        await _client.Locks.BreakAsync("a.txt");
        var refused = await Assert.ThrowsAsync<CacheApiException>(() => session.SaveAsync(new MemoryStream("late"u8.ToArray())));
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
        await _time.UntilAsync(() => Task.FromResult(session.LockLost.IsCancellationRequested), TimeSpan.FromMinutes(1));
    }

    private static CacheClient ClientOf(HttpClient http, TimeProvider time) => new(http, new CacheClientOptions { Time = time });
}
