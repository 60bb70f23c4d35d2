using System.Runtime.Versioning;
using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>Originals that are replaced by links to their copies, and stand again before the copy goes.</summary>
[SupportedOSPlatform("linux")]
public sealed class LinkedFileTests : IDisposable
{
    private readonly CatalogueWorld _world = new(new CatalogueSettings { RevalidateAfter = TimeSpan.Zero }, inFolder: true);

    private string Original => Path.Combine(_world.Origin, "media/film.mkv");

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task A_link_stands_for_the_original_until_the_file_is_removed(CacheMethod method)
    {
        _world.Put("media/film.mkv", "the film");
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Original, time);
        File.SetUnixFileMode(Original, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var file = await AddAsync(method);
        Assert.Equal((method, FileStatus.Active), (file.Method, file.Status));
        Assert.Equal(method == CacheMethod.AtomicSymlink, new FileInfo(Original).LinkTarget?.StartsWith(_world.CopyFolder!, StringComparison.Ordinal) ?? false);
        Assert.Equal("the film", await File.ReadAllTextAsync(Original));
        Assert.Equal(time, File.ResolveLinkTarget(Original, true)?.LastWriteTimeUtc ?? File.GetLastWriteTimeUtc(Original));
        Assert.Equal(["film.mkv"], Names());
        Assert.True((await _world.Service.FindContentAsync(Caller.Machine, "media/film.mkv")).IsHit);

        await _world.Service.RemoveCachedFileAsync(Caller.Machine, file.Id, "done");
        Assert.Null(new FileInfo(Original).LinkTarget);
        Assert.Equal("the film", await File.ReadAllTextAsync(Original));
        Assert.Equal(time, File.GetLastWriteTimeUtc(Original));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Original));
        Assert.Equal(["film.mkv"], Names());
        Assert.Empty(Copies());
        Assert.Equal(FileStatus.Removed, await _world.StatusAsync(file));
    }

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task A_reader_never_sees_the_original_missing_or_short_while_links_come_and_go(CacheMethod method)
    {
        var text = new string('x', 100_000);
        _world.Put("media/film.mkv", text);
        using var stop = new CancellationTokenSource();
        var reads = 0;
        var reader = Task.Run(() =>
        {
            for (; !stop.IsCancellationRequested; reads++) Assert.Equal(text, File.ReadAllText(Original));
        });
        for (var i = 0; i < 50; i++)
        {
            var file = await AddAsync(method);
            await _world.Service.RemoveCachedFileAsync(Caller.Machine, file.Id, "done");
        }

        await stop.CancelAsync();
        await reader;
        Assert.True(reads > 10, $"{reads} reads");
    }

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task Whoever_edits_the_file_through_its_link_is_served_what_they_wrote(CacheMethod method)
    {
        _world.Put("media/film.mkv", "the film");
        var file = await AddAsync(method);
        await File.WriteAllTextAsync(Original, "the film, recut");
        var served = await _world.Service.FindContentAsync(Caller.Machine, "media/film.mkv");
        Assert.Equal("the film, recut", await _world.ReadAsync(served.File));
        Assert.Equal((15, 64), (served.File.SizeBytes, served.File.Sha256!.Length));
        Assert.NotEqual(file.Sha256, served.File.Sha256);
        await _world.Service.RemoveCachedFileAsync(Caller.Machine, file.Id, "done");
        Assert.Equal("the film, recut", await File.ReadAllTextAsync(Original));
    }

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task A_file_that_somebody_put_in_the_links_place_is_copied_anew_linked_again_and_never_lost(CacheMethod method)
    {
        _world.Put("media/film.mkv", "the film");
        var file = await AddAsync(method);
        _world.Put("media/new", "another film");
        File.Move(Path.Combine(_world.Origin, "media/new"), Original, overwrite: true);
        var served = await _world.Service.FindContentAsync(Caller.Machine, "media/film.mkv");
        Assert.Equal("another film", await _world.ReadAsync(served.File));
        Assert.Equal("another film", await File.ReadAllTextAsync(Original));
        Assert.Equal(method == CacheMethod.AtomicSymlink, new FileInfo(Original).LinkTarget is not null);
        Assert.Single(Copies());

        _world.Put("media/new", "a third film");
        File.Move(Path.Combine(_world.Origin, "media/new"), Original, overwrite: true);
        await _world.Service.RemoveCachedFileAsync(Caller.Machine, file.Id, "done");
        Assert.Equal("a third film", await File.ReadAllTextAsync(Original));
        Assert.Equal(["film.mkv"], Names());
    }

    [Fact]
    public async Task Files_that_are_watched_are_only_copied()
    {
        _world.Put("media/film.mkv", "the film");
        var file = (await _world.Service.AddCachedFileAsync(
            Caller.Machine, new AddCachedFile("media/film.mkv", Operation: CacheTrigger.ActiveWatching, Method: CacheMethod.AtomicSymlink))).File!;
        Assert.Equal(CacheMethod.AtomicCopy, file.Method);
        Assert.Null(new FileInfo(Original).LinkTarget);
    }

    [Theory]
    [InlineData(CacheMethod.AtomicSymlink)]
    [InlineData(CacheMethod.AtomicHardlink)]
    public async Task Whatever_step_an_instance_dies_at_the_film_can_be_read_and_removing_it_leaves_the_original(CacheMethod method)
    {
        for (var step = 1; ; step++)
        {
            using var world = new CatalogueWorld(inFolder: true);
            world.Put("film.mkv", "the film");
            var original = Path.Combine(world.Origin, "film.mkv");
            var (service, _) = world.NewInstance(new Death(step));
            var hasEnded = true;
            try
            {
                var file = (await service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("film.mkv", Method: method))).File!;
                await service.RemoveCachedFileAsync(Caller.Machine, file.Id, "done");
            }
            catch (InstanceDiedException)
            {
                hasEnded = false;
            }

            Assert.Equal("the film", await File.ReadAllTextAsync(original));
            // Two nights pass, by the clock that the files' own times are of.
            var lately = Directory.GetLastWriteTimeUtc(world.Origin);
            for (var night = 0; night < 2; night++)
            {
                world.Time.AdvanceTo(new DateTimeOffset(lately.AddDays(2 * (night + 1)), TimeSpan.Zero));
                await world.Service.VerifyCacheIntegrityAsync(Caller.Machine);
                Assert.Equal("the film", await File.ReadAllTextAsync(original));
            }

            var id = CachedFileId.Of("nas\nfilm.mkv");
            try
            {
                await world.Service.RemoveCachedFileAsync(Caller.Machine, id, "done");
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                // It never was, or is removed.
            }

            Assert.Null(new FileInfo(original).LinkTarget);
            Assert.Equal("the film", await File.ReadAllTextAsync(original));
            Assert.Equal(["film.mkv"], Directory.EnumerateFileSystemEntries(world.Origin).Select(Path.GetFileName));
            Assert.All(
                Directory.EnumerateFiles(world.CopyFolder!, "*", SearchOption.AllDirectories),
                path => Assert.Contains("/.parts/", path, StringComparison.Ordinal));
            if (hasEnded) return;
        }
    }

    private async Task<CachedFile> AddAsync(CacheMethod method) =>
        (await _world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("media/film.mkv", Method: method))).File!;

    private IEnumerable<string?> Names() => Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Original)!).Select(Path.GetFileName);

    private IEnumerable<string> Copies() => Directory.EnumerateFiles(_world.CopyFolder!, "*", SearchOption.AllDirectories);
}
