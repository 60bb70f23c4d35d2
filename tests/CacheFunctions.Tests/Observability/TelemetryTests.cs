using System.Diagnostics;
using Azure.Core;
using CacheFunctions.Catalogue;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Observability;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Tests.Catalogue;
using CacheFunctions.Tests.Content;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Observability;

/// <summary>One class, so that no other test listens while it is measured what being unheard costs.</summary>
public sealed class TelemetryTests
{
    private const string Blob = "https://account.blob.core.windows.net/sessions/a?sv=1&sig=c2VjcmV0";
    private const string Table = "https://account.table.core.windows.net/edits";

    [Theory]
    [InlineData(false, "GET", Blob, "blob read")]
    [InlineData(false, "HEAD", Blob, "blob read")]
    [InlineData(false, "GET", Blob + "&comp=list", "blob list")]
    [InlineData(false, "PUT", Blob, "blob write")]
    [InlineData(false, "DELETE", Blob, "blob delete")]
    [InlineData(true, "GET", Table + "(PartitionKey='p',RowKey='r')", "table read")]
    [InlineData(true, "GET", Table + "()", "table query")]
    [InlineData(true, "POST", Table, "table write")]
    public async Task A_call_to_storage_counts_once_by_kind_with_a_span_that_tells_no_address(bool isTable, string method, string address, string call)
    {
        using var heard = new Heard();
        using var request = new Activity("request").Start();
        await new PlayedStorage().CallAsync(isTable, RequestMethod.Parse(method), address, sent: 3);

        Assert.Equal($"1[{call.Replace(" ", ", ", StringComparison.Ordinal)}, ok]", Assert.Single(heard.Of(Telemetry.StorageOperations)));
        Assert.Equal($"[{call.Replace(" ", ", ", StringComparison.Ordinal)}]", Assert.Single(heard.Of(Telemetry.StorageDuration)));
        var kind = call.Split(' ')[0];
        Assert.Equal(method == "HEAD" ? [$"3[{kind}, transmit]"] : new[] { $"3[{kind}, transmit]", $"7[{kind}, receive]" }, heard.Of(Telemetry.StorageBytes));
        var span = Assert.Single(heard.Spans);
        Assert.Equal((call, ActivityKind.Client, request.TraceId, request.SpanId), (span.DisplayName, span.Kind, span.TraceId, span.ParentSpanId));
        Assert.DoesNotContain("sig", string.Join(';', span.TagObjects), StringComparison.Ordinal);
        Assert.Empty(span.Events);
    }

    [Theory]
    [InlineData(404, "missing", ActivityStatusCode.Unset)]
    [InlineData(409, "conflict", ActivityStatusCode.Unset)]
    [InlineData(412, "conflict", ActivityStatusCode.Unset)]
    [InlineData(403, "refused", ActivityStatusCode.Unset)]
    [InlineData(429, "busy", ActivityStatusCode.Unset)]
    [InlineData(503, "busy", ActivityStatusCode.Error)]
    [InlineData(500, "failed", ActivityStatusCode.Error)]
    public async Task What_storage_answered_is_told(int status, string outcome, ActivityStatusCode spanStatus)
    {
        using var heard = new Heard();
        await new PlayedStorage(status).CallAsync(false, RequestMethod.Get, Blob);
        Assert.Equal($"1[blob, read, {outcome}]", Assert.Single(heard.Of(Telemetry.StorageOperations)));
        Assert.Equal(spanStatus, Assert.Single(heard.Spans).Status);
    }

    [Fact]
    public async Task Of_what_broke_only_the_kind_is_told()
    {
        using var heard = new Heard();
        await Assert.ThrowsAsync<IOException>(() => new PlayedStorage(error: new IOException($"No answer from {Blob}")).CallAsync(false, RequestMethod.Put, Blob));
        Assert.Equal("1[blob, write, failed]", Assert.Single(heard.Of(Telemetry.StorageOperations)));
        var span = Assert.Single(heard.Spans);
        Assert.Equal((ActivityStatusCode.Error, null, nameof(IOException)), (span.Status, span.StatusDescription, span.GetTagItem("error.type")));
        Assert.DoesNotContain("sig", string.Join(';', span.TagObjects), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "memory")]
    [InlineData(2 << 20, "disk")]
    public async Task What_a_tier_has_is_a_hit_and_what_it_has_not_a_miss(int size, string tier)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-test-");
        try
        {
            var contents = new MemoryContentStore(new ManualTime());
            foreach (var name in new[] { "a", "b" }) await contents.WriteAsync("files", name, new PatternStream(size, 0), size, default);
            using var hot = new HotContent(new HotSettings { MemoryBytes = 15, DiskBytes = 5 << 20, Directory = Path.Combine(folder.FullName, "tier") });
            using var heard = new Heard();
            await ReadAsync("a");
            await ReadAsync("a");
            await ReadAsync("b");

            Assert.Equal([$"1[files, {tier}]"], heard.Of(Telemetry.CacheHits));
            Assert.Equal([$"1[files, {tier}]", $"1[files, {tier}]"], heard.Of(Telemetry.CacheMisses));
            // There is room for one of the small ones.
            Assert.Equal(size == 10 ? ["1[files, memory, s3fifo]"] : Array.Empty<string>(), heard.Of(Telemetry.Evictions));

            async Task ReadAsync(string name)
            {
                await using var content = await hot.OpenAsync(contents, new ContentKey("files", name), size, 0, null, default);
                await content!.CopyToAsync(Stream.Null);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Hits_and_misses_of_a_cache_are_told_one_by_one()
    {
        using var heard = new Heard();
        await using var hits = new HitCounters(new MemoryRecordStore(), new ManualTime());
        hits.Of("catalogue").Hit(100);
        hits.Of("directories").Miss(0);
        Assert.Equal("1[catalogue, store]", Assert.Single(heard.Of(Telemetry.CacheHits)));
        Assert.Equal("1[directories, store]", Assert.Single(heard.Of(Telemetry.CacheMisses)));
    }

    [Fact]
    public async Task An_eviction_is_told_with_cache_and_policy()
    {
        using var world = new CatalogueWorld(new CatalogueSettings { MaxBytes = 1000, EvictionPolicy = "fifo" });
        await AddAsync("a", 500);
        await AddAsync("b", 300);
        using var heard = new Heard();
        // Room is made for it, within its own flow.
        await AddAsync("c", 800);
        Assert.Equal(["2[catalogue, fifo]"], heard.Of(Telemetry.Evictions));

        Task AddAsync(string name, int size)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            world.Put(name, new string('x', size));
            return world.AddAsync(name);
        }
    }

    [Fact]
    public async Task A_job_is_a_trace_of_its_own_that_links_to_the_request_that_began_it()
    {
        var time = new ManualTime();
        using var runner = new JobRunner(new JobStore(new MemoryRecordStore(), time), time);
        var isBad = false;
        runner.Register("copy", async (_, _) =>
        {
            await Task.Yield();
            return isBad ? throw new CacheException(ErrorCode.QuotaExceeded, "of /mnt/nas/secret.txt") : "done";
        });
        using var heard = new Heard();
        using var request = new Activity("request").Start();
        await runner.StartAsync<string>(await runner.AddAsync("copy", "subject", "/mnt/nas/secret.txt", null, "{}", null));
        Assert.Equal(request, Activity.Current);
        isBad = true;
        await Assert.ThrowsAsync<CacheException>(async () =>
            await runner.StartAsync<string>(await runner.AddAsync("copy", "subject", "/mnt/nas/secret.txt", null, "{}", null)));

        Assert.Equal(["[copy]", "[copy, QuotaExceeded]"], heard.Of(Telemetry.JobDuration));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], heard.Spans.Select(span => span.Status));
        Assert.All(heard.Spans, span =>
        {
            Assert.Equal("job copy", span.DisplayName);
            Assert.Equal((default, request.TraceId), (span.ParentSpanId, Assert.Single(span.Links).Context.TraceId));
            Assert.NotEqual(request.TraceId, span.TraceId);
            Assert.DoesNotContain("secret", string.Join(';', span.TagObjects), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Where_nobody_listens_telling_allocates_nothing()
    {
        const int calls = 1_000;
        var storage = new PlayedStorage();
        var policy = new CountingPolicy(new StorageTransactions(), isTable: false);
        // Of others the library makes a text of the address, to tell what they are.
        var message = storage.Message(RequestMethod.Delete, Blob);
        await using var hits = new HitCounters(new MemoryRecordStore(), new ManualTime());
        var counter = hits.Of("catalogue");
        Tell();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) Tell();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Tell()
        {
            storage.Call(policy, message);
            counter.Hit(1);
            counter.Miss(1);
        }
    }
}
