using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins.Linux;

/// <summary>
/// One folder of an origin, held open: what happens in it stays in it, whatever is renamed or linked around it
/// meanwhile. Names are those of entries, without a slash.
/// </summary>
internal sealed class OriginFolder : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _origin;
    private readonly string _path;

    private OriginFolder(SafeFileHandle handle, string origin, string path)
    {
        _handle = handle;
        _origin = origin;
        _path = path;
    }

    /// <summary>Opens the folder in which a file lies, through no link and not above the root.</summary>
    /// <returns>The folder, and the file's name in it.</returns>
    public static (OriginFolder Folder, string Name) Containing(string root, string origin, string path)
    {
        var slash = path.LastIndexOf('/');
        var (folder, name) = slash < 0 ? (".", path) : (path[..slash], path[(slash + 1)..]);
        using var rootHandle = OpenRoot(root, origin);
        var handle = Take(
            Native.OpenBeneath(rootHandle, folder, Native.Directory | Native.ReadOnly, 0), origin, path);
        return (new OriginFolder(handle, origin, path), name);
    }

    /// <returns>null: there is no such entry.</returns>
    public StatX? Find(string name)
    {
        if (Native.Stat(_handle, name, Native.SymlinkNoFollow, out var stat) == 0) return stat;
        return ErrorNumber.Last == ErrorNumber.NoEntry ? null : throw Failure(ErrorNumber.Last);
    }

    /// <returns>null: there is no such entry.</returns>
    /// <exception cref="Errors.CacheException">InvalidArgument: it is something else than a file.</exception>
    public StatX? FindFile(string name) => Find(name) is not { } stat ? null
        : stat.IsFile ? stat
        : throw Errors.CacheException.Invalid("file_path", "names something that is not a file.");

    public StatX Describe(SafeFileHandle file) =>
        Native.Stat(file, "", Native.EmptyPath, out var stat) == 0 ? stat : throw Failure(ErrorNumber.Last);

    /// <summary>Opens without waiting, so that a pipe or a device cannot hold a request up.</summary>
    public SafeFileHandle OpenRead(string name) => Open(name, Native.ReadOnly | Native.NonBlocking, 0);

    public SafeFileHandle OpenWrite(string name) => Open(name, Native.WriteOnly, 0);

    public SafeFileHandle CreateNew(string name, uint mode) =>
        Open(name, Native.WriteOnly | Native.Create | Native.Exclusive, mode);

    /// <returns>0, or the error's number.</returns>
    public int TryRename(string from, string to, uint flags) =>
        Native.Rename(_handle, from, _handle, to, flags) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>0, or the error's number.</returns>
    public int TryLink(string from, string to) =>
        Native.Link(_handle, from, _handle, to, 0) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>Whether there was something to remove.</returns>
    public bool Remove(string name)
    {
        if (Native.Unlink(_handle, name, 0) == 0) return true;
        return ErrorNumber.Last == ErrorNumber.NoEntry ? false : throw Failure(ErrorNumber.Last);
    }

    /// <summary>Makes the folder's entries durable. The framework's own flush does not report a failure.</summary>
    public void Sync() => Sync(_handle);

    public void Sync(SafeFileHandle file)
    {
        if (Native.Sync(file) != 0) throw Failure(ErrorNumber.Last);
    }

    public Errors.CacheException Failure(int number) => ErrorNumber.Of(number, _origin, _path);

    public void Dispose() => _handle.Dispose();

    /// <summary>A root that is missing is a share that is not mounted, and says nothing of its files.</summary>
    private static SafeFileHandle OpenRoot(string root, string origin)
    {
        var descriptor = Native.Open(root, Native.Directory | Native.CloseOnExec);
        if (descriptor < 0 && ErrorNumber.Last is ErrorNumber.NoEntry or ErrorNumber.NotADirectory)
            throw Errors.CacheException.Unavailable($"The folder of the origin '{origin}' is not there. Check that its share is mounted.");
        return Take(descriptor, origin, "/");
    }

    private SafeFileHandle Open(string name, int flags, uint mode) =>
        Take(Native.OpenBeneath(_handle, name, flags, mode), _origin, _path);

    private static SafeFileHandle Take(int descriptor, string origin, string path) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw ErrorNumber.Of(ErrorNumber.Last, origin, path);
}
