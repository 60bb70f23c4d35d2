using CacheFunctions.Errors;
using CacheFunctions.Settings;

namespace CacheFunctions.Content.Hot;

/// <summary>
/// This process's own folder on the machine's disk, readable by nobody else. What a killed process has left is deleted by the
/// next one that starts: whoever is alive holds its lock.
/// </summary>
internal sealed class TierFolder : IDisposable
{
    private const string LockName = ".lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;
    private readonly FileStream _lock;
    private long _files;

    private TierFolder(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <param name="root">Shared by all processes of this machine; null: in the folder for temporary files.</param>
    /// <exception cref="CacheException">InvalidArgument: it cannot be used.</exception>
    public static TierFolder Open(string? root)
    {
        root ??= Path.Combine(Path.GetTempPath(), $"cachefunctions-tier-{Environment.UserName}");
        try
        {
            RequirePrivate(Create(root));
            DeleteLeft(root);
            while (true)
            {
                var path = Path.Combine(root, Path.GetRandomFileName());
                Create(path);
                // Another process that starts may have taken the new folder for left behind, and be deleting it already, or have done so just
                // before the lock was free.
                if (TryLock(path) is not { } held) continue;
                if (File.Exists(held.Name)) return new TierFolder(path, held);
                held.Dispose();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SettingsReader.Wrong("Tier:Directory", $"'{root}' cannot be used: {error.Message} Name a folder of this user's own on a local disk, or set Tier:DiskBytes to 0.");
        }
    }

    /// <summary>A name that is used once.</summary>
    public string NewFile() => Path.Combine(_path, Interlocked.Increment(ref _files).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose()
    {
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (IOException)
        {
            // Left to the next process that starts.
        }

        _lock.Dispose();
    }

    private static DirectoryInfo Create(string path) =>
        OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, Private);

    /// <summary>Anybody can put something under a name in the folder for temporary files.</summary>
    private static void RequirePrivate(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows()) return;
        if (folder.LinkTarget is not null || folder.UnixFileMode != Private) throw new IOException("It is not a folder that only this user may read and write (mode 0700).");
    }

    private static void DeleteLeft(string root)
    {
        foreach (var left in Directory.EnumerateDirectories(root))
        {
            if (TryLock(left) is not { } held) continue;
            using (held) Delete(left, Path.Combine(root, Path.GetRandomFileName()));
        }
    }

    /// <param name="away">
    /// Where it is put first: once its lock's file is deleted, another process might lock the folder anew, to delete it or to live in it.
    /// </param>
    private static void Delete(string left, string away)
    {
        try
        {
            Directory.Move(left, away);
            Directory.Delete(away, recursive: true);
        }
        catch (IOException)
        {
            // Another process that starts deletes it, too; what both leave, the next one finds.
        }
    }

    /// <returns>null: its process is alive, or another one is deleting it.</returns>
    private static FileStream? TryLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
