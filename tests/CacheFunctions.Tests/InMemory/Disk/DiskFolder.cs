using CacheFunctions.Errors;

namespace CacheFunctions.Tests.InMemory.Disk;

/// <summary>
/// A folder as one call to an origin holds it open. Each method is one step of the file system: others may come
/// between any two, any may fail, and a power cut ends them all.
/// </summary>
internal sealed class DiskFolder
{
    private readonly MemoryDisk _disk;
    private readonly Link _link;
    private readonly string _path;
    private readonly int _powerCuts;

    private DiskFolder(MemoryDisk disk, Link link, string path) =>
        (_disk, _link, _path, _powerCuts) = (disk, link, path, disk.PowerCuts);

    public MemoryDisk Disk => _disk;

    /// <summary>Opens the folder that holds <paramref name="path"/>.</summary>
    /// <exception cref="CacheException">NotFound.</exception>
    public static async Task<(DiskFolder Folder, string Name)> ContainingAsync(
        MemoryDisk disk, Link link, string path, bool make = false)
    {
        var folder = MemoryDisk.FolderOf(path);
        await link.ReadAsync(() => true);
        if (make && disk.Find(folder) is not null) throw CacheException.Invalid("file_path", "has a file where it needs a folder.");
        if (make) disk.MakeFolder(folder);
        if (!disk.Folders.Contains(folder)) throw CacheException.NotFound($"The folder of {path} does not exist.");
        return (new DiskFolder(disk, link, folder), path[(path.LastIndexOf('/') + 1)..]);
    }

    public Task<DiskStat?> FindAsync(string name) => ReadAsync(() => _disk.Find(At(name))?.Stat);

    /// <exception cref="CacheException">NotFound.</exception>
    public Task<MemoryFile> OpenAsync(string name) => ReadAsync(
        () => _disk.Find(At(name)) ?? throw CacheException.NotFound($"{At(name)} does not exist on the origin."));

    public Task<DiskStat> DescribeAsync(MemoryFile file) => ReadAsync(() => file.Stat);

    public Task<byte[]> ReadAsync(MemoryFile file, long offset, int count) => ReadAsync(() =>
    {
        var from = (int)Math.Min(offset, file.Bytes.Length);
        return file.Bytes.AsSpan(from, Math.Min(count, file.Bytes.Length - from)).ToArray();
    });

    public Task CreateAsync(string name) => WriteAsync(() => _disk.Create(At(name)) is not null);

    public Task WriteAsync(MemoryFile file, long position, byte[] bytes) => WriteAsync(() =>
    {
        _disk.Write(file, position, bytes);
        return true;
    });

    public Task SyncAsync(MemoryFile file) => ReadAsync(() =>
    {
        _disk.Sync(file);
        return true;
    });

    public Task SyncAsync() => ReadAsync(() =>
    {
        _disk.SyncFolder();
        return true;
    });

    public Task<DiskResult> RenameAsync(string from, string to, RenameMode mode) =>
        WriteAsync(() => _disk.Rename(At(from), At(to), mode));

    /// <returns>Whether there was something to remove.</returns>
    public Task<bool> RemoveAsync(string name) => WriteAsync(() => _disk.Remove(At(name)));

    private string At(string name) => _path.Length == 0 ? name : $"{_path}/{name}";

    private Task<T> ReadAsync<T>(Func<T> call) => _link.ReadAsync(() => Powered(call));

    private Task<T> WriteAsync<T>(Func<T> call) => _link.WriteAsync(() => Powered(call));

    private T Powered<T>(Func<T> call) => _disk.PowerCuts == _powerCuts
        ? call()
        : throw CacheException.Unavailable("The origin was away meanwhile.");
}
