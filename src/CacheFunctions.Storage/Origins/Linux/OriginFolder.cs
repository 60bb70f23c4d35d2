using System.Collections.Concurrent;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins.Linux;

/// <summary>
/// One folder of an origin, held open: what happens in it stays in it, whatever is renamed or linked around it
/// meanwhile. Names are those of entries, without a slash.
/// </summary>
internal sealed class OriginFolder : IDisposable
{
    private const uint NewFolderMode = 0x1FF; // 0777, less the process's umask

    // Roots at which a file system was mounted when they were last opened.
    private static readonly ConcurrentDictionary<string, bool> MountRoots = new(StringComparer.Ordinal);

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
        var (folder, name) = Split(path);
        using var rootHandle = OpenRoot(root, origin);
        return (new OriginFolder(Take(OpenFolder(rootHandle, folder), origin, path), origin, path), name);
    }

    /// <summary>As <see cref="Containing"/>, and makes the folders that are missing, durably.</summary>
    public static (OriginFolder Folder, string Name) Making(string root, string origin, string path)
    {
        var (folder, name) = Split(path);
        var handle = OpenRoot(root, origin);
        foreach (var step in folder.Split('/'))
        {
            using var parent = handle;
            var descriptor = OpenFolder(parent, step);
            if (descriptor < 0 && ErrorNumber.Last == ErrorNumber.NoEntry)
            {
                // Another writer may make it at the same moment.
                if (Native.MakeFolder(parent, step, NewFolderMode) != 0 && ErrorNumber.Last != ErrorNumber.Exists)
                    throw ErrorNumber.Of(ErrorNumber.Last, origin, path);
                if (Native.Sync(parent) != 0) throw ErrorNumber.Of(ErrorNumber.Last, origin, path);
                descriptor = OpenFolder(parent, step);
            }

            if (descriptor < 0 && ErrorNumber.Last == ErrorNumber.NotADirectory)
                throw Errors.CacheException.Invalid("file_path", "has a file where a folder should be.");
            handle = Take(descriptor, origin, path);
        }

        return (new OriginFolder(handle, origin, path), name);
    }

    /// <summary>Opens a folder to see what it holds.</summary>
    /// <param name="path">Empty: the root.</param>
    /// <exception cref="Errors.CacheException">NotFound; InvalidArgument: a file, or beyond a link.</exception>
    public static OriginFolder At(string root, string origin, string path)
    {
        using var rootHandle = OpenRoot(root, origin);
        var descriptor = OpenFolder(rootHandle, path.Length == 0 ? "." : path);
        if (descriptor >= 0) return new OriginFolder(new SafeFileHandle(descriptor, ownsHandle: true), origin, path);
        throw ErrorNumber.Last switch
        {
            ErrorNumber.NoEntry => Errors.CacheException.NotFound($"The origin '{origin}' has no folder {path}."),
            ErrorNumber.NotADirectory => Errors.CacheException.Invalid("path", "names a file, not a folder."),
            ErrorNumber.Loop => Errors.CacheException.Invalid("path", "goes through a symbolic link. Name the folder by its own path."),
            var number => ErrorNumber.Of(number, origin, path),
        };
    }

    /// <summary>The names of all entries, in no order. What is no valid UTF-8 comes as a name that cannot be found.</summary>
    public IEnumerable<string> Names()
    {
        // By the handle: the path may lead elsewhere by now.
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        var names = new FileSystemEnumerable<string>(
            $"/proc/self/fd/{_handle.DangerousGetHandle()}", static (ref FileSystemEntry entry) => entry.FileName.ToString(), options);
        // It has the folder open as soon as it is made; here that is only when somebody reads, and ends with the reading.
        foreach (var name in names) yield return name;
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

    public SafeFileHandle CreateNew(string name, uint mode) =>
        Open(name, Native.WriteOnly | Native.Create | Native.Exclusive, mode);

    /// <summary>Opens what was begun, to read it and go on.</summary>
    public SafeFileHandle OpenReadWrite(string name) => Open(name, Native.ReadWrite, 0);

    /// <returns>0, or the error's number.</returns>
    public int TryRename(string from, string to, uint flags) =>
        Native.Rename(_handle, from, _handle, to, flags) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>0, or the error's number.</returns>
    public int TryMove(string from, OriginFolder folder, string to, uint flags) =>
        Native.Rename(_handle, from, folder._handle, to, flags) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>0, or the error's number.</returns>
    public int TryLink(string from, string to) => TryLink(from, this, to);

    /// <returns>0, or the error's number.</returns>
    public int TryLink(string from, OriginFolder folder, string to) =>
        Native.Link(_handle, from, folder._handle, to, 0) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>0, or the error's number.</returns>
    public int TrySymbolicLink(string target, string name) =>
        Native.SymbolicLink(target, _handle, name) == 0 ? 0 : ErrorNumber.Last;

    /// <returns>What a symbolic link says; null: there is none of this name.</returns>
    public string? ReadLink(string name)
    {
        if (Native.ReadLink(_handle, name) is { } target) return target;
        return ErrorNumber.Last is ErrorNumber.NoEntry or ErrorNumber.Invalid ? null : throw Failure(ErrorNumber.Last);
    }

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

    /// <summary>
    /// A root that is missing is a share that is not mounted, and says nothing of its files. Nor does the empty folder
    /// that stays where a share was mounted: what is written there would lie on this machine, and vanish beneath the share.
    /// </summary>
    private static SafeFileHandle OpenRoot(string root, string origin)
    {
        var descriptor = Native.Open(root, Native.Directory | Native.CloseOnExec);
        if (descriptor < 0 && ErrorNumber.Last is ErrorNumber.NoEntry or ErrorNumber.NotADirectory) throw NotMounted(origin);
        var handle = Take(descriptor, origin, "/");
        if (Native.Stat(handle, "", Native.EmptyPath, out var stat) != 0) return handle;
        if (stat.IsMountRoot) MountRoots[root] = true;
        else if (MountRoots.ContainsKey(root))
        {
            handle.Dispose();
            throw NotMounted(origin);
        }

        return handle;
    }

    private static Errors.CacheException NotMounted(string origin) =>
        Errors.CacheException.Unavailable($"The folder of the origin '{origin}' is not there. Check that its share is mounted.");

    private SafeFileHandle Open(string name, int flags, uint mode) =>
        Take(Native.OpenBeneath(_handle, name, flags, mode), _origin, _path);

    private static (string Folder, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? (".", path) : (path[..slash], path[(slash + 1)..]);
    }

    private static int OpenFolder(SafeFileHandle beneath, string path) =>
        Native.OpenBeneath(beneath, path, Native.Directory | Native.ReadOnly, 0);

    private static SafeFileHandle Take(int descriptor, string origin, string path) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw ErrorNumber.Of(ErrorNumber.Last, origin, path);
}
