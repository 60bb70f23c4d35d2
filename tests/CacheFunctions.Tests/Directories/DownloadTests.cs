using CacheFunctions.Content;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Downloads;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Directories;

public sealed class DownloadTests : IDisposable
{
    private readonly DirectoryWorld _world = new(new() { MaxBytes = 1000 });

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_download_is_registered_once_nothing_has_come_for_a_minute()
    {
        await StoreAsync("downloads/album/1", "downloads/album/2");
        await TellAsync(true, "downloads/album/1");
        _world.Time.Advance(TimeSpan.FromSeconds(50));
        await TellAsync(true, "downloads/album/2");
        _world.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, await _world.Service.RunFrequentAsync());
        Assert.Empty(await _world.RegisteredAsync());

        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await _world.NewInstance().Service.RunFrequentAsync());
        Assert.Equal(["downloads/album"], await _world.RegisteredAsync());
        Assert.Equal((2, 20), ((await _world.GetAsync("downloads/album")).FileCount, (await _world.GetAsync("downloads/album")).SizeBytes));
        Assert.Equal(0, await _world.Service.RunFrequentAsync());
    }

    [Theory]
    [InlineData("_SUCCESS")]
    [InlineData(".complete")]
    public async Task A_mark_registers_at_once(string mark)
    {
        await StoreAsync("a/1", $"a/{mark}");
        await TellAsync(true, $"a/{mark}", "a/1");
        Assert.Equal(["a"], await _world.RegisteredAsync());
    }

    [Fact]
    public async Task It_matters_neither_how_often_nor_in_which_order_it_is_told()
    {
        await StoreAsync("a/1");
        // The deletion came before the file that lies there now.
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await TellAsync(true, "a/1");
            await TellAsync(false, "a/1");
        }

        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Service.RunFrequentAsync();
        Assert.Equal(["a"], await _world.RegisteredAsync());

        await _world.Contents.DeleteAsync(ContentName.Directories, "a/1", default);
        await StoreAsync("a/2", "a/3");
        await TellAsync(true, "a/2", "a/1");
        await TellAsync(false, "a/1");
        var lastAccessed = (await _world.GetAsync("a")).LastAccessed;
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Service.RunFrequentAsync();
        var directory = await _world.GetAsync("a");
        Assert.Equal((2, lastAccessed), (directory.FileCount, directory.LastAccessed));
    }

    [Fact]
    public async Task What_was_forgotten_since_its_files_came_is_not_brought_back_by_what_is_told_late()
    {
        await StoreAsync("a/1");
        var at = _world.Time.GetUtcNow();
        await TellAsync(true, "a/1");
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Service.RunFrequentAsync();
        await _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: false);
        await _world.Service.NoteStorageAsync(Caller.Machine, [new StorageChange(DirectoryPath.OfFile("a/1"), true, at)]);
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Service.RunFrequentAsync();
        Assert.Empty(await _world.RegisteredAsync());

        await TellAsync(true, "a/1");
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Service.RunFrequentAsync();
        Assert.Equal(["a"], await _world.RegisteredAsync());
    }

    [Fact]
    public async Task What_has_gone_again_or_does_not_fit_is_not_registered_and_the_log_says_so()
    {
        await TellAsync(true, "gone/_SUCCESS");
        await _world.Contents.WriteAsync(ContentName.Directories, "huge/_SUCCESS", new MemoryStream(new byte[1001]), 1001, default);
        await TellAsync(true, "huge/_SUCCESS");
        Assert.Empty(await _world.RegisteredAsync());
        var (log, _) = await _world.Service.OperationsAsync(Caller.Machine, _ => true, 10, null);
        Assert.Equal(("huge", false), (Assert.Single(log).Operation.FilePath, log[0].Operation.Success));
    }

    private async Task StoreAsync(params string[] files)
    {
        foreach (var file in files) await _world.Contents.WriteAsync(ContentName.Directories, file, new MemoryStream(new byte[10]), 10, default);
    }

    private Task TellAsync(bool isCreated, params string[] files) => _world.Service.NoteStorageAsync(
        Caller.Machine, [.. files.Select(file => new StorageChange(DirectoryPath.OfFile(file), isCreated, _world.Time.GetUtcNow()))]);
}
