using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation.Catalogue;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Content.Hot;

/// <summary>Content in memory and on disk, under the same rules.</summary>
public sealed class HotContentTests : IDisposable
{
    private const string Container = "cache";
    private const int Small = 100_000;
    private const int MemoryItem = 1 << 20;
    private const int Large = (3 << 20) + 7;

    private readonly MemoryContentStore _inner = new(new ManualTime());
    private readonly WatchedStore _store;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");
    private readonly ITestOutputHelper _output;

    public HotContentTests(ITestOutputHelper output) => (_output, _store) = (output, new WatchedStore(_inner));

    public static TheoryData<int> Sizes => [1, Small, MemoryItem, MemoryItem + 1, Large];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_was_read_once_is_read_again_without_storage_whole_and_in_spans(int size)
    {
        using var hot = New();
        await PutAsync("a", size);
        await CheckAsync(hot, "a", size, 0, size);
        Assert.Equal(1, _store.Opened);
        var random = new Random(size);
        for (var i = 0; i < 50; i++)
        {
            var offset = random.Next(size);
            await CheckAsync(hot, "a", size, offset, 1 + random.Next(size - offset));
        }

        await CheckAsync(hot, "a", size, 0, size);
        Assert.Equal(1, _store.Opened);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task However_many_ask_at_once_storage_is_read_once(int size)
    {
        using var hot = New();
        await PutAsync("a", size);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => CheckAsync(hot, "a", size, 0, size))));
        Assert.Equal(1, _store.Opened);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_does_not_exist_is_not_there_and_not_remembered(int size)
    {
        using var hot = New();
        Assert.Null(await hot.OpenAsync(_store, new ContentKey(Container, "a"), size, 0, null, default));
        await PutAsync("a", size);
        await CheckAsync(hot, "a", size, 0, size);
    }

    [Theory]
    [InlineData(Small)]
    [InlineData(Large)]
    public async Task Versions_of_content_that_is_replaced_are_not_mixed(int size)
    {
        using var hot = New();
        await PutAsync("a", size);
        var first = (await _store.FindAsync(Container, "a", default))!.Value;
        await CheckAsync(hot, new ContentKey(Container, "a", first.Version), size, 0, size, 0);
        await PutAsync("a", size, start: 9);
        var second = (await _store.FindAsync(Container, "a", default))!.Value;
        await CheckAsync(hot, new ContentKey(Container, "a", second.Version), size, 0, size, 9);
        await CheckAsync(hot, new ContentKey(Container, "a", first.Version), size, 0, size, 0);
        Assert.Equal(2, _store.Opened);
    }

    [Theory]
    [InlineData(Small)]
    [InlineData(Large)]
    public async Task What_storage_fails_with_is_told_and_the_next_reader_asks_anew(int size)
    {
        using var hot = New();
        await PutAsync("a", size);
        _store.FailAfter = 0;
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<CacheException>(() => CheckAsync(hot, "a", size, 0, size))).Code);
        _store.FailAfter = null;
        await CheckAsync(hot, "a", size, 0, size);
    }

    [Fact]
    public async Task A_reader_whose_source_breaks_off_in_the_middle_goes_on_from_storage()
    {
        using var hot = New();
        await PutAsync("a", Large);
        _store.FailAfter = 2 << 20;
        await CheckAsync(hot, "a", Large, 0, Large, beforeRest: () => _store.FailAfter = null);
        await CheckAsync(hot, "a", Large, 0, Large);
    }

    [Fact]
    public async Task Bytes_are_bounded_and_what_is_used_stays()
    {
        using var hot = New(memory: 10 * Small, disk: 4L * Large);
        foreach (var (size, kept) in new[] { (Small, new Func<long>(() => hot.MemoryBytes)), (Large, () => hot.DiskBytes) })
        {
            for (var i = 0; i < 30; i++)
            {
                await PutAsync($"{size} {i}", size);
                await CheckAsync(hot, $"{size} {i}", size, 0, size);
                await CheckAsync(hot, $"{size} 0", size, 0, size);
                await CheckAsync(hot, $"{size} 0", size, 0, size);
                Assert.InRange(kept(), size, size == Small ? 10 * Small : 4L * Large);
            }

            var before = _store.Opened;
            await CheckAsync(hot, $"{size} 0", size, 0, size);
            Assert.Equal(before, _store.Opened);
        }

        Assert.InRange(BytesOnDisk(), 1, 4L * Large);
    }

    [Fact]
    public async Task What_is_evicted_while_it_is_read_is_read_to_its_end()
    {
        using var hot = New(disk: 2L * Large);
        await PutAsync("a", Large);
        await CheckAsync(hot, "a", Large, 0, Large);
        await using var reading = (await hot.OpenAsync(_store, new ContentKey(Container, "a"), Large, 0, null, default))!;
        for (var i = 0; i < 5; i++)
        {
            await PutAsync($"b{i}", Large);
            await CheckAsync(hot, $"b{i}", Large, 0, Large);
        }

        await PatternStream.AssertEqualAsync(reading, Large, 0);
    }

    [Fact]
    public async Task What_nobody_wants_to_the_end_is_not_fetched_to_the_end()
    {
        using var hot = New();
        await PutAsync("a", Large);
        _store.StopAt = 1 << 20;
        var reading = (await hot.OpenAsync(_store, new ContentKey(Container, "a"), Large, 0, null, default))!;
        await reading.ReadExactlyAsync(new byte[1000]);
        await reading.DisposeAsync();
        await _store.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        _store.StopAt = null;
        await CheckAsync(hot, "a", Large, 0, Large);
        Assert.Equal(2, _store.Opened);
    }

    [Fact]
    public async Task No_reader_waits_for_a_slower_one_and_storage_is_read_once()
    {
        using var hot = New();
        await PutAsync("a", Large);
        var key = new ContentKey(Container, "a");
        await using var slow = (await hot.OpenAsync(_store, key, Large, 0, null, default))!;
        var first = new byte[1000];
        await slow.ReadExactlyAsync(first);
        await CheckAsync(hot, "a", Large, 0, Large);
        await PatternStream.AssertEqualAsync(slow, Large - first.Length, first.Length);
        await CheckAsync(hot, "a", Large, 0, Large);
        Assert.Equal(1, _store.Opened);
    }

    [Fact]
    public async Task Who_follows_a_reader_that_leaves_reads_to_the_end_and_storage_is_read_once()
    {
        using var hot = New();
        await PutAsync("a", Large);
        var key = new ContentKey(Container, "a");
        var leaving = (await hot.OpenAsync(_store, key, Large, 0, null, default))!;
        await leaving.ReadExactlyAsync(new byte[1000]);
        await using var following = (await hot.OpenAsync(_store, key, Large, 0, null, default))!;
        await leaving.DisposeAsync();
        await PatternStream.AssertEqualAsync(following, Large, 0);
        Assert.Equal(1, _store.Opened);
    }

    [Fact]
    public async Task Readers_that_come_and_go_at_any_moment_read_what_is_there()
    {
        var seed = Environment.TickCount;
        _output.WriteLine($"seed {seed}");
        using var hot = New(disk: 3L * Large);
        for (var i = 0; i < 3; i++) await PutAsync($"{i}", Large, i);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(reader => Task.Run(async () =>
        {
            var random = new Random(seed + reader);
            for (var i = 0; i < 40; i++)
            {
                var file = random.Next(3);
                var offset = random.Next(2) == 0 ? 0 : random.Next(Large);
                var length = 1 + random.Next(Large - offset);
                using var leave = new CancellationTokenSource();
                if (random.Next(4) == 0) leave.CancelAfter(random.Next(3));
                try
                {
                    await using var content = (await hot.OpenAsync(_store, new ContentKey(Container, $"{file}"), Large, offset, length, leave.Token))!;
                    await PatternStream.AssertEqualAsync(content, length, file + offset, cancellation: leave.Token);
                }
                catch (OperationCanceledException) when (leave.IsCancellationRequested)
                {
                }
            }
        })));
        for (var i = 0; i < 3; i++) await CheckAsync(hot, new ContentKey(Container, $"{i}"), Large, 0, Large, i);
    }

    [Fact]
    public async Task A_span_far_ahead_does_not_wait_for_what_lies_before_it()
    {
        using var hot = New();
        await PutAsync("a", Large);
        _store.StopAt = 1 << 20;
        await using var slow = (await hot.OpenAsync(_store, new ContentKey(Container, "a"), Large, 0, null, default))!;
        await slow.ReadExactlyAsync(new byte[1000]);
        _store.StopAt = null;
        await CheckAsync(hot, "a", Large, 3 << 20, 7);
        Assert.Equal(2, _store.Opened);
    }

    [Fact]
    public async Task A_hit_allocates_nothing_that_grows_with_the_content()
    {
        using var hot = New();
        foreach (var size in new[] { MemoryItem, 16 << 20 })
        {
            await PutAsync($"{size}", size);
            for (var i = 0; i < 3; i++) await DrainAsync(hot, size);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++) await DrainAsync(hot, size);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 20_000);
        }

        async Task DrainAsync(HotContent hot, int size)
        {
            await using var content = (await hot.OpenAsync(_store, new ContentKey(Container, $"{size}"), size, 0, null, default))!;
            await content.CopyToAsync(Stream.Null, 256 << 10);
        }
    }

    private string Root() => Path.Combine(_folder.FullName, "tier");

    private HotContent New(long memory = 64 << 20, long disk = 64 << 20) =>
        new(new HotSettings { MemoryBytes = memory, DiskBytes = disk, Directory = Root() });

    private long BytesOnDisk() => new DirectoryInfo(Root()).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private Task PutAsync(string name, int size, int start = 0) =>
        _inner.WriteAsync(Container, name, new PatternStream(size, start), size, default);

    private Task CheckAsync(HotContent hot, string name, int size, int offset, int length, Action? beforeRest = null) =>
        CheckAsync(hot, new ContentKey(Container, name), size, offset, length, 0, beforeRest);

    private async Task CheckAsync(HotContent hot, ContentKey key, int size, int offset, int length, int start, Action? beforeRest = null)
    {
        await using var content = await hot.OpenAsync(_store, key, size, offset, offset == 0 && length == size ? null : length, default);
        Assert.NotNull(content);
        if (beforeRest is not null)
        {
            await content.ReadExactlyAsync(new byte[1]);
            beforeRest();
            await PatternStream.AssertEqualAsync(content, length - 1, start + 1);
            return;
        }

        await PatternStream.AssertEqualAsync(content, length, start + offset);
    }

    /// <summary>Counts what is opened, and fails or stops within it.</summary>
    private sealed class WatchedStore(IContentStore inner) : PassingContentStore(inner)
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _opened;

        public int Opened => _opened;

        /// <summary>Bytes after which reading fails.</summary>
        public long? FailAfter { get; set; }

        /// <summary>Bytes after which no more come.</summary>
        public long? StopAt { get; set; }

        public Task Closed => _closed.Task;

        public override async Task<Stream?> OpenReadAsync(string container, string name, long offset, long? length, CancellationToken cancellation)
        {
            var content = await base.OpenReadAsync(container, name, offset, length, cancellation);
            if (content is not null) Interlocked.Increment(ref _opened);
            return content is null ? null : new Watched(content, this);
        }

        public override async Task<Stream?> OpenVersionAsync(
            string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _opened);
            return await base.OpenVersionAsync(container, item, offset, length, cancellation);
        }

        private sealed class Watched(Stream inner, WatchedStore store) : ForwardOnlyStream
        {
            private readonly long? _failAfter = store.FailAfter;
            private readonly long? _stopAt = store.StopAt;
            private long _read;

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (_read >= _failAfter) throw CacheException.Unavailable("Storage broke off.");
                if (_read >= _stopAt) await Task.Delay(Timeout.Infinite, cancellationToken);
                var read = await inner.ReadAsync(buffer, cancellationToken);
                _read += read;
                return read;
            }

            protected override void Dispose(bool disposing)
            {
                store._closed.TrySetResult();
                base.Dispose(disposing);
            }
        }
    }
}
