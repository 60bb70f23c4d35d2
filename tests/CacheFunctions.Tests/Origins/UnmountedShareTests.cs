using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins;

namespace CacheFunctions.Tests.Origins;

public sealed class UnmountedShareTests
{
    [SkippableFact]
    public async Task An_unmounted_share_is_unavailable_and_not_empty_until_it_is_mounted_again()
    {
        using var disk = new MountedDisk("size=1m");
        await File.WriteAllTextAsync(Path.Combine(disk.Folder, "a"), "old");
        var origin = new DirectoryOrigin("nas", disk.Folder, new PathRules(true, null), readOnly: false);
        Assert.NotNull(await origin.FindAsync("a", default));

        disk.Unmount();
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));
        foreach (var use in new Func<Task>[]
        {
            () => origin.FindAsync("a", default),
            () => origin.OpenReadAsync("a", default),
            () => origin.ListAsync("", null, 10, default),
            () => origin.PrepareAsync(OriginRoot.Stage("folder/a"), true, default),
        })
        {
            var error = await Assert.ThrowsAsync<CacheException>(use);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
            Assert.Contains("mounted", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));
        disk.MountAgain("size=1m");
        Assert.Empty(await origin.ListAsync("", null, 10, default));
    }
}
