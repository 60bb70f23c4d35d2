using System.Runtime.Versioning;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Content.Hot;

/// <summary>Processes that share a disk, each as a folder of its own.</summary>
[SupportedOSPlatform("linux")]
public sealed class TierFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_a_killed_process_left_is_deleted_and_what_a_living_one_uses_is_not()
    {
        foreach (var folder in new[] { Root(), Path.Combine(Root(), "left") }) Directory.CreateDirectory(folder, Private);
        var left = new DirectoryInfo(Path.Combine(Root(), "left"));
        File.WriteAllText(Path.Combine(left.FullName, "1"), "old");
        using (New())
        {
            Assert.False(Directory.Exists(left.FullName));
            using (New()) Assert.Equal(2, Directory.GetDirectories(Root()).Length);
            Assert.Single(Directory.GetDirectories(Root()));
            Assert.Equal(Private, File.GetUnixFileMode(Directory.GetDirectories(Root()).Single()));
        }

        Assert.Empty(Directory.GetDirectories(Root()));
    }

    [Fact]
    public async Task Many_that_start_at_once_all_find_a_folder_and_nothing_of_the_dead_is_left()
    {
        Directory.CreateDirectory(Root(), Private);
        for (var round = 0; round < 20; round++)
        {
            foreach (var i in Enumerable.Range(0, 5))
            {
                var left = Directory.CreateDirectory(Path.Combine(Root(), $"left{i}"), Private);
                foreach (var file in Enumerable.Range(0, 20)) await File.WriteAllTextAsync(Path.Combine(left.FullName, $"{file}"), "old");
            }

            var started = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => New())));
            // Whoever has one can write there.
            foreach (var folder in started) await File.WriteAllTextAsync(folder.NewFile(), "new");
            foreach (var folder in started) folder.Dispose();
            using (New()) Assert.Single(Directory.GetDirectories(Root()));
        }
    }

    [Fact]
    public void A_folder_that_others_may_write_is_refused()
    {
        Directory.CreateDirectory(Root());
        File.SetUnixFileMode(Root(), (UnixFileMode)0b111_111_111);
        var error = Assert.Throws<CacheException>(() => New().Dispose());
        Assert.Contains("Tier:Directory", error.Message, StringComparison.Ordinal);
    }

    private string Root() => Path.Combine(_folder.FullName, "tier");

    private TierFolder New() => TierFolder.Open(Root());
}
