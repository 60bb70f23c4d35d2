using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// The version of a file in a folder: size, modification time, and change time, which nobody can set back. What
/// differs in it may still hold the same bytes (a changed mode, say); then the hash decides.
/// </summary>
internal static class DirectoryFingerprint
{
    public static Fingerprint Of(in StatX stat, string? sha256 = null) => new(
        (long)stat.Size, stat.Modified.Instant, $"{stat.Size:x}.{stat.Modified}.{stat.Changed}", sha256);

    /// <summary>SHA-256 in lower-case hex.</summary>
    private static string Hash(SafeFileHandle file)
    {
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Reads the whole file.</summary>
    /// <returns>null: there is no such file.</returns>
    public static Fingerprint? Hashed(OriginFolder folder, string name)
    {
        if (folder.Find(name) is not { IsFile: true }) return null;
        try
        {
            using var file = folder.OpenRead(name);
            // Described before it is read: what changes during the reading then shows as another version.
            var stat = folder.Describe(file);
            return Of(stat, Hash(file));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Another take-over, or a stranger, has just removed it.
            return null;
        }
    }
}
