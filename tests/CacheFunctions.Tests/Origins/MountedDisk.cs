namespace CacheFunctions.Tests.Origins;

/// <summary>A small disk in memory, where this process may mount one.</summary>
internal sealed class MountedDisk : IDisposable
{
    public MountedDisk(string options)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Directory origins use system calls of Linux.");
        Folder = Directory.CreateTempSubdirectory("cachefunctions-disk-").FullName;
        if (OriginRoot.Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Folder) == 0) return;
        Directory.Delete(Folder);
        Skip.If(true, "This account may not mount a file system.");
    }

    public string Folder { get; }

    public void Remount(string options) => Assert.Equal(0, OriginRoot.Run("mount", "-o", $"remount,{options}", Folder));

    public void Dispose()
    {
        OriginRoot.Run("umount", Folder);
        Directory.Delete(Folder);
    }
}
