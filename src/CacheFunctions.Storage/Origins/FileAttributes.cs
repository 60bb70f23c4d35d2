using System.Buffers;
using CacheFunctions.Errors;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// What a file has besides its content and times, kept as an editor would: owner, mode, access control lists and other
/// extended attributes. What the service has no right to give, or the file system does not know, it leaves.
/// </summary>
internal static class FileAttributes
{
    // Linux: no list of names and no value is longer.
    private const int MaxBytes = 64 << 10;

    /// <param name="name">The file that is to be replaced.</param>
    /// <param name="file">The one that is to replace it.</param>
    public static void Keep(OriginFolder folder, string name, in StatX existing, SafeFileHandle file)
    {
        // The owner first: changing it clears the set-user-id bits. The mode before the lists: it changes their mask.
        _ = Native.ChangeOwner(file, existing.User, existing.Group);
        _ = Native.ChangeMode(file, existing.Permissions);
        try
        {
            using var from = folder.OpenRead(name);
            Copy(from, file);
        }
        catch (CacheException)
        {
            // It may be replaced without the right to read it.
        }
    }

    private static void Copy(SafeFileHandle from, SafeFileHandle to)
    {
        var names = ArrayPool<byte>.Shared.Rent(MaxBytes);
        var value = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var left = names.AsSpan(0, Math.Max(0, Native.ListAttributes(from, names)));
            for (int end; (end = left.IndexOf((byte)0)) > 0; left = left[(end + 1)..])
            {
                var name = left[..(end + 1)];
                if (SpeaksOfContent(name[..end])) continue;
                var length = Native.GetAttribute(from, name, value);
                if (length >= 0) _ = Native.SetAttribute(to, name, value.AsSpan(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(value);
            ArrayPool<byte>.Shared.Return(names);
        }
    }

    /// <summary>Signatures of the old bytes, and rights that the kernel takes from a program whose bytes change.</summary>
    private static bool SpeaksOfContent(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("security.ima"u8) || name.SequenceEqual("security.evm"u8) || name.SequenceEqual("security.capability"u8);
}
