using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>The folder that holds what the local storage keeps between runs, in use by one process at a time.</summary>
public sealed class LocalDataDirectory : IDisposable
{
    private readonly IDisposable _lock;

    private LocalDataDirectory(string path, IDisposable taken)
    {
        Path = path;
        _lock = taken;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>The setting <c>Local:DataDirectory</c>, or else one folder per content root, so that several checkouts stay apart.</summary>
    /// <param name="setting">A relative path starts at the content root.</param>
    public static string Choose(string? setting, string contentRoot)
    {
        contentRoot = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(contentRoot));
        if (!string.IsNullOrWhiteSpace(setting)) return System.IO.Path.GetFullPath(setting, contentRoot);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contentRoot)))[..8];
        return UserFolder.Combine("data", $"{System.IO.Path.GetFileName(contentRoot)}-{hash}");
    }

    /// <summary>Makes the folder, for the user's eyes only, where there is none, and takes it for this process.</summary>
    /// <exception cref="CacheException">Another process uses it, or it cannot be written to.</exception>
    public static LocalDataDirectory Open(string path)
    {
        const string otherwise =
            "with Local:DataDirectory, or set AzureWebJobsStorage to the connection string of a storage account.";
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            var taken = FileLock.TryTake(System.IO.Path.Combine(path, ".lock")) ?? throw new CacheException(
                ErrorCode.Conflict,
                $"The local data in {path} are in use by another process of this service. End that one, or give this one another folder {otherwise}");
            return new LocalDataDirectory(path, taken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CacheException(
                ErrorCode.Unavailable, $"The local data cannot be kept in {path}: {e.Message} Give another folder {otherwise}", null, e);
        }
    }

    public void Dispose() => _lock.Dispose();
}
