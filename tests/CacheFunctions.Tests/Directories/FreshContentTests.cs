using System.Text;
using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Tests.Simulation.Catalogue;

namespace CacheFunctions.Tests.Directories;

/// <summary>What an instance remembers of files, and for how long.</summary>
public sealed class FreshContentTests : IDisposable
{
    private readonly DirectoryWorld _world = new();
    private readonly HotContent _hot = new(new HotSettings { MemoryBytes = 1 << 20, DiskBytes = 0 });
    private readonly Counting _store;
    private readonly DirectoriesService _service;

    public FreshContentTests()
    {
        _store = new Counting(_world.Contents);
        _service = _world.NewInstance(through: _store, hot: _hot).Service;
    }

    public void Dispose()
    {
        _hot.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task A_warm_read_asks_nobody()
    {
        await _world.PutAsync("a/file", "one");
        Assert.Equal(("one", 1), await ReadAsync());
        Assert.Equal(("one", 0), await ReadAsync());
        // Asked again whether it is still so; the bytes are here.
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(("one", 1), await ReadAsync());
    }

    [Fact]
    public async Task What_another_changes_is_seen_after_two_seconds()
    {
        await _world.PutAsync("a/file", "one");
        await ReadAsync();
        await _world.PutAsync("a/file", "two");
        Assert.Equal(("one", 0), await ReadAsync());
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("two", (await ReadAsync()).Text);
        await _world.Service.DeleteContentAsync(Caller.Machine, DirectoryPath.OfFile("a/file"));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<CacheException>(ReadAsync);
    }

    [Fact]
    public async Task What_the_instance_changes_itself_is_seen_at_once()
    {
        foreach (var text in new[] { "one", "two" })
        {
            await _service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile("a/file"), new MemoryStream(Encoding.UTF8.GetBytes(text)), 3);
            Assert.Equal(text, (await ReadAsync()).Text);
        }

        await _service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"));
        await _service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: true);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(ReadAsync)).Code);
    }

    [Fact]
    public async Task An_answer_from_before_its_own_change_is_not_remembered()
    {
        await _world.PutAsync("a/file", "one");
        var (asked, goOn) = _store.HoldNextFind();
        var late = _service.FindContentAsync(DirectoryPath.OfFile("a/file"));
        await asked;
        await _service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile("a/file"), new MemoryStream("two"u8.ToArray()), 3);
        goOn();
        await late;

        Assert.Equal("two", (await ReadAsync()).Text);
    }

    [Fact]
    public async Task What_was_replaced_and_is_not_kept_is_found_anew()
    {
        await _world.PutAsync("a/file", "one");
        var file = DirectoryPath.OfFile("a/file");
        var found = await _service.FindContentAsync(file);
        await _world.PutAsync("a/file", "two");

        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CacheException>(() => found.OpenAsync())).Code);
        Assert.Equal("two", (await ReadAsync()).Text);
    }

    private async Task<(string Text, int Calls)> ReadAsync()
    {
        var before = _store.Calls;
        var file = DirectoryPath.OfFile("a/file");
        using var found = await _service.FindContentAsync(file, readsWhole: true);
        using var reader = new StreamReader(await found.OpenAsync(), Encoding.UTF8);
        return (await reader.ReadToEndAsync(), _store.Calls - before);
    }

    /// <summary>Counts the reads, and holds one back after it was answered.</summary>
    private sealed class Counting(IContentStore inner) : PassingContentStore(inner)
    {
        private (TaskCompletionSource Asked, TaskCompletionSource GoOn)? _hold;

        public int Calls { get; private set; }

        public (Task Asked, Action GoOn) HoldNextFind()
        {
            var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
            _hold = (asked, goOn);
            return (asked.Task, goOn.SetResult);
        }

        public override Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
            HeldAsync(Inner.FindAsync(container, name, cancellation));

        public override Task<(ContentItem Item, Stream? Content)?> BeginAsync(
            string container, string name, ContentItem? known, CancellationToken cancellation) =>
            HeldAsync(Inner.BeginAsync(container, name, known, cancellation));

        public override Task<Stream?> OpenVersionAsync(string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
        {
            Calls++;
            return Inner.OpenVersionAsync(container, item, offset, length, cancellation);
        }

        private async Task<T> HeldAsync<T>(Task<T> ask)
        {
            Calls++;
            var hold = _hold;
            _hold = null;
            var found = await ask;
            hold?.Asked.SetResult();
            if (hold is not null) await hold.Value.GoOn.Task;
            return found;
        }
    }
}
