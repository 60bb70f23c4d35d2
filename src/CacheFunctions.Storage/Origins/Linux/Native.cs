using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins.Linux;

/// <summary>The system calls that the framework does not offer: they keep a path beneath its root and a write durable.</summary>
internal static unsafe partial class Native
{
    public const int ReadOnly = 0x0;
    public const int WriteOnly = 0x1;
    public const int ReadWrite = 0x2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const uint RenameNoReplace = 1;
    public const uint RenameExchange = 2;

    public const int EmptyPath = 0x1000;
    public const int SymlinkNoFollow = 0x100;

    private const long OpenAt2 = 437;

    // Beneath the root, and through no link: a link would give one file two names, and so two locks.
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoSymlinks = 0x04;

    private const uint BasicStats = 0x7ff;

    /// <summary>O_DIRECTORY and O_NOFOLLOW differ between processors.</summary>
    public static int Directory { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    public static int OpenBeneath(SafeFileHandle directory, string path, int flags, uint mode)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(uint)(flags | CloseOnExec),
            Mode = mode,
            Resolve = ResolveBeneath | ResolveNoSymlinks,
        };
        fixed (byte* name = Utf8(path))
            return (int)SystemCall(OpenAt2, directory.DangerousGetHandle(), name, &how, (nuint)sizeof(OpenHow));
    }

    public static int Stat(SafeFileHandle directory, string path, int flags, out StatX stat)
    {
        fixed (byte* name = Utf8(path))
        fixed (StatX* result = &stat)
            return StatX(directory, name, flags, BasicStats, result);
    }

    /// <summary>Copies bytes to the same place in another file, within the file system where it can.</summary>
    /// <returns>How many were copied; 0 at the end; below 0: it cannot, or failed.</returns>
    public static long CopyRange(SafeFileHandle from, SafeFileHandle to, long position, long length)
    {
        var (source, target) = (position, position);
        return CopyRange(from, &source, to, &target, (nuint)length, 0);
    }

    /// <summary>The names of the extended attributes, each ended by a zero byte.</summary>
    /// <returns>How many bytes they take; below 0: they cannot be had, or do not fit.</returns>
    public static int ListAttributes(SafeFileHandle file, Span<byte> names)
    {
        fixed (byte* start = names) return (int)ListAttributes(file, start, (nuint)names.Length);
    }

    /// <returns>What a symbolic link says; null: it cannot be read, or is none.</returns>
    public static string? ReadLink(SafeFileHandle directory, string path)
    {
        const int maxBytes = 4096;
        var target = stackalloc byte[maxBytes];
        fixed (byte* name = Utf8(path))
        {
            var length = ReadLink(directory, name, target, maxBytes);
            return length < 0 ? null : System.Text.Encoding.UTF8.GetString(target, (int)length);
        }
    }

    /// <param name="name">Ended by a zero byte.</param>
    /// <returns>How many bytes the value takes; below 0: it cannot be had, or does not fit.</returns>
    public static int GetAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, Span<byte> value)
    {
        fixed (byte* key = name)
        fixed (byte* start = value)
            return (int)GetAttribute(file, key, start, (nuint)value.Length);
    }

    /// <param name="name">Ended by a zero byte.</param>
    public static int SetAttribute(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* key = name)
        fixed (byte* start = value)
            return SetAttribute(file, key, start, (nuint)value.Length, 0);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(
        SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(
        SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SymbolicLink(string target, SafeFileHandle directory, string name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(SafeFileHandle directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(SafeFileHandle directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLink(SafeFileHandle directory, byte* path, byte* target, nuint size);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyRange(
        SafeFileHandle from, long* source, SafeFileHandle to, long* target, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    private static partial nint ListAttributes(SafeFileHandle file, byte* names, nuint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true)]
    private static partial nint GetAttribute(SafeFileHandle file, byte* name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    private static partial int SetAttribute(SafeFileHandle file, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeFileHandle directory, byte* path, int flags, uint mask, StatX* result);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(long number, nint directory, byte* path, OpenHow* how, nuint size);

    private static byte[] Utf8(string path) => System.Text.Encoding.UTF8.GetBytes(path + '\0');

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
