namespace CacheFunctions.Tests.Origins;

/// <summary>A small disk, where this process may mount one.</summary>
internal sealed class MountedDisk : IDisposable
{
    private readonly string? _image;

    /// <summary>A disk in memory.</summary>
    public MountedDisk(string options)
        : this(null, folder => ["-t", "tmpfs", "-o", options, "tmpfs", folder])
    {
    }

    private MountedDisk(string? image, Func<string, string[]> mount)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Directory origins use system calls of Linux.");
        _image = image;
        Folder = Directory.CreateTempSubdirectory("cachefunctions-disk-").FullName;
        if (OriginRoot.Run("mount", mount(Folder)) == 0) return;
        Directory.Delete(Folder);
        Skip.If(true, "This account may not mount a file system, or this machine does not know it.");
    }

    public string Folder { get; }

    /// <summary>A file system that takes a.txt and A.txt for one file: whichever of those this machine knows.</summary>
    public static MountedDisk IgnoringCase()
    {
        var image = Path.GetTempFileName();
        using (var file = File.OpenWrite(image)) file.SetLength(320 << 20);
        if (OriginRoot.Run("mkfs.vfat", image) == 0 || OriginRoot.Run("mkfs.xfs", "-q", "-n", "version=ci", image) == 0)
            return new MountedDisk(image, folder => ["-o", "loop", image, folder]);
        File.Delete(image);
        Skip.If(true, "Neither mkfs.vfat nor mkfs.xfs is here to make a file system that ignores case.");
        throw new InvalidOperationException();
    }

    public void Unmount() => Assert.Equal(0, OriginRoot.Run("umount", Folder));

    public void MountAgain(string options) => Assert.Equal(0, OriginRoot.Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Folder));

    public void Remount(string options) => Assert.Equal(0, OriginRoot.Run("mount", "-o", $"remount,{options}", Folder));

    public void Dispose()
    {
        OriginRoot.Run("umount", Folder);
        Directory.Delete(Folder);
        if (_image is not null) File.Delete(_image);
    }
}
