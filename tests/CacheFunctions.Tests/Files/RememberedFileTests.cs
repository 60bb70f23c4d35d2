using CacheFunctions.Content.Hot;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Files;

/// <summary>What an instance remembers of files saves questions to storage, and is never older than it may be.</summary>
public sealed class RememberedFileTests : IDisposable
{
    private const string Name = "blog/app/posts/1/image.jpg";

    private static readonly TimeSpan Fresh = new FileSettings().FreshFor;

    private readonly FileWorld _world = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");
    private readonly HotContent _hot;
    private readonly FileManager _manager;
    private int _opened;

    public RememberedFileTests()
    {
        _hot = new HotContent(new HotSettings { MemoryBytes = 4 << 20, DiskBytes = 32 << 20, Directory = Path.Combine(_folder.FullName, "tier") });
        _manager = _world.With(_hot);
        _world.Store.Opened += (_, _) => Interlocked.Increment(ref _opened);
    }

    public void Dispose()
    {
        _hot.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1_000, true, 0)]
    [InlineData(1_000, false, 1)]
    [InlineData(3_000_000, true, 1)]
    public async Task What_was_uploaded_is_read_without_a_look_at_storage_as_far_as_it_is_kept(int length, bool cacheContent, int opened)
    {
        var bytes = PatternStream.Bytes(length);
        await PutAsync(bytes, cacheContent);
        var asked = _world.Store.Asked;
        for (var again = 0; again < 3; again++) Assert.Equal(bytes, await ReadAsync());
        Assert.Equal((asked, opened), (_world.Store.Asked, _opened));
        var begun = _world.Store.Begun.All;

        // Compared with what storage has now, and found the same: no byte is fetched again.
        _world.Time.Advance(Fresh);
        for (var again = 0; again < 3; again++) Assert.Equal(bytes, await ReadAsync());
        Assert.Equal((asked + 1, opened, begun), (_world.Store.Asked, _opened, _world.Store.Begun.All));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_000_000)]
    public async Task What_is_known_and_not_kept_is_compared_and_read_in_one(int length)
    {
        var bytes = PatternStream.Bytes(length);
        await PutAsync(bytes, cacheContent: false);
        _world.Time.Advance(Fresh);
        var asked = _world.Store.Asked;
        for (var again = 0; again < 3; again++) Assert.Equal(bytes, await ReadAsync());
        Assert.Equal((asked + 1, 0), (_world.Store.Asked, _opened));
    }

    [Fact]
    public async Task A_change_straight_in_storage_is_seen_in_time_and_at_once_without_the_cache()
    {
        await PutAsync([1, 2, 3]);
        _world.Store.Put(Name, [4, 5], new Dictionary<string, string>());
        Assert.Equal([1, 2, 3], await ReadAsync());
        Assert.Equal([4, 5], await ReadAsync(useCache: false));
        _world.Time.Advance(Fresh);
        Assert.Equal([4, 5], await ReadAsync());
        _world.Store.Put(Name, [6], new Dictionary<string, string>());
        _world.Time.Advance(Fresh);
        Assert.Equal([6], await ReadAsync());
    }

    [Fact]
    public async Task A_remembered_file_whose_bytes_were_replaced_before_they_were_kept_is_found_anew()
    {
        await PutAsync([1, 2, 3], cacheContent: false);
        var download = await _manager.DownloadFileAsync(Caller.Machine, FileWorld.App());
        _world.Store.Put(Name, [4, 5], new Dictionary<string, string>());
        await Assert.ThrowsAsync<FileReplacedError>(() => download.OpenAsync());
        Assert.Equal([4, 5], await FileWorld.ReadAsync(_manager, FileWorld.App()));
        await _manager.DownloadFileAsync(Caller.Machine, FileWorld.App());
        _world.Store.Put(Name, [7], new Dictionary<string, string>());
        Assert.Equal([4, 5], await ReadAsync());
    }

    [Fact]
    public async Task Own_changes_are_seen_at_once_also_by_who_was_asking_before()
    {
        await PutAsync([1]);
        _world.Time.Advance(Fresh);
        var gate = new TaskCompletionSource();
        _world.Store.Gate = gate.Task;
        // It has seen the old file, and is on its way.
        var before = _manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App());
        _world.Store.Gate = Task.CompletedTask;
        await PutAsync([1, 2]);
        Assert.Equal([1, 2], await ReadAsync());
        gate.SetResult();
        Assert.Equal(1, (await before)!.SizeBytes);
        Assert.Equal([1, 2], await ReadAsync());

        await _manager.DeleteFileAsync(Caller.Machine, FileWorld.App());
        await Assert.ThrowsAsync<FileNotFoundError>(() => ReadAsync());
        // That there is none is not remembered.
        _world.Store.Put(Name, [9], new Dictionary<string, string>());
        Assert.Equal([9], await ReadAsync());
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_000_000)]
    public async Task Many_that_miss_at_once_cost_one_transaction(int length)
    {
        var bytes = PatternStream.Bytes(length);
        await PutAsync(bytes);
        using var hot = new HotContent(new HotSettings { Directory = Path.Combine(_folder.FullName, "tier") });
        var other = _world.With(hot);
        var asked = _world.Store.Asked;
        var gate = new TaskCompletionSource();
        _world.Store.Gate = gate.Task;
        var readers = Enumerable.Range(0, 50).Select(_ => FileWorld.ReadAsync(other, FileWorld.App())).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(bytes, read));
        Assert.Equal((asked + 1, 0), (_world.Store.Asked, _opened));
        await _world.Store.UntilEndedAsync(1);
    }

    [Fact]
    public async Task What_storage_sends_along_ends_when_it_is_not_read()
    {
        await PutAsync(PatternStream.Bytes(3_000_000));
        var other = Other();
        // Found, and not read.
        using (await other.DownloadFileAsync(Caller.Machine, FileWorld.App(), readsWhole: true)) Assert.Equal(1, _world.Store.Begun.Open);
        Assert.Equal(0, _world.Store.Begun.Open);
        Assert.Equal(3_000_000, (await FileWorld.ReadAsync(other, FileWorld.App())).Length);

        // Another's, who may not see it.
        await Assert.ThrowsAsync<FileNotFoundError>(async () =>
        {
            await _manager.UploadFileAsync(FileWorld.Alice, FileWorld.Of("alice"), FileWorld.File([1]));
            using var download = await Other().DownloadFileAsync(FileWorld.Bob, FileWorld.Of("alice"), readsWhole: true);
        });
        Assert.Equal(0, _world.Store.Begun.Open);

        // Given up while storage answers.
        var begun = _world.Store.Begun.All;
        var gate = new TaskCompletionSource();
        _world.Store.Gate = gate.Task;
        using var giveUp = new CancellationTokenSource();
        var asking = Other().DownloadFileAsync(Caller.Machine, FileWorld.App(), readsWhole: true, cancellation: giveUp.Token);
        giveUp.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        gate.SetResult();
        await _world.Store.UntilEndedAsync(begun + 1);

        // One that remembers, and keeps nothing.
        FileManager Other() => _world.With(HotContent.None, new FileSettings());
    }

    [Fact]
    public async Task Lists_show_own_changes_at_once_and_others_in_time()
    {
        await PutAsync([1]);
        Assert.Equal(["posts/1/image.jpg"], await ListAsync());
        var asked = _world.Store.Asked;
        Assert.Equal(["posts/1/image.jpg"], await ListAsync());
        Assert.Equal(asked, _world.Store.Asked);
        await _manager.UploadFileAsync(Caller.Machine, FileWorld.App("b"), FileWorld.File([1]));
        Assert.Equal(["b", "posts/1/image.jpg"], await ListAsync());
        _world.Store.Put("blog/app/c", [1], new Dictionary<string, string>());
        Assert.Equal(["b", "c", "posts/1/image.jpg"], await ListAsync(useCache: false));
        Assert.Equal(["b", "posts/1/image.jpg"], await ListAsync());
        _world.Time.Advance(Fresh);
        Assert.Equal(["b", "c", "posts/1/image.jpg"], await ListAsync());
    }

    [Fact]
    public async Task However_long_storage_is_believed_nothing_is_kept_longer_than_its_retention()
    {
        var settings = new FileSettings { FreshFor = TimeSpan.FromHours(2) };
        var manager = _world.With(_hot, settings);
        await _world.PutAsync(FileWorld.App(), [1]);
        await manager.ListFilesAsync(Caller.Machine, FileWorld.App().Space);
        await manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App());
        var asked = _world.Store.Asked;
        _world.Time.Advance(settings.ListRetention);
        await manager.ListFilesAsync(Caller.Machine, FileWorld.App().Space);
        await manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App());
        Assert.Equal(asked + 1, _world.Store.Asked);
        _world.Time.Advance(settings.Retention);
        await manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App());
        Assert.Equal(asked + 2, _world.Store.Asked);
    }

    [Fact]
    public async Task The_disk_holds_encrypted_files_encrypted()
    {
        var bytes = PatternStream.Bytes(2_000_000);
        await PutAsync(bytes);
        Assert.Equal(bytes, await ReadAsync());
        Assert.InRange(_hot.DiskBytes, 2_000_000, 2_001_000);
        var kept = _folder.EnumerateFiles("*", SearchOption.AllDirectories).Single(file => file.Length > 0);
        await using var stream = new FileStream(kept.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var stored = new byte[kept.Length];
        await stream.ReadExactlyAsync(stored);
        Assert.Equal(-1, stored.AsSpan().IndexOf(bytes.AsSpan(1_000_000, 64)));
    }

    [Fact]
    public async Task What_is_remembered_is_told_only_to_whom_it_may_be()
    {
        await _manager.UploadFileAsync(Caller.Machine, FileWorld.Of("alice"), FileWorld.File([1]));
        Assert.NotNull(await _manager.GetFileMetadataAsync(FileWorld.Alice, FileWorld.Of("alice")));
        Assert.Null(await _manager.GetFileMetadataAsync(FileWorld.Bob, FileWorld.Of("alice")));
    }

    private Task<(FileInformation, bool)> PutAsync(byte[] bytes, bool cacheContent = true) =>
        _manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File(bytes) with { CacheContent = cacheContent });

    private Task<byte[]> ReadAsync(bool useCache = true) =>
        _manager.DownloadFileWithCacheAsync(Caller.Machine, "blog", StorageLevel.App, "posts/1/image.jpg", useCache: useCache);

    private async Task<IEnumerable<string>> ListAsync(bool useCache = true) =>
        (await _manager.ListFilesAsync(Caller.Machine, FileWorld.App().Space, useCache: useCache)).Files.Select(file => file.Filename);
}
