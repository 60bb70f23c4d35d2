using System.Runtime.InteropServices;

namespace CacheFunctions.Storage.Origins.Linux;

/// <summary>What the kernel says of a file: struct statx.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    [FieldOffset(8)]
    public ulong Attributes;

    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(96)]
    public StatTime Changed;

    [FieldOffset(112)]
    public StatTime Modified;

    /// <summary>Of the file system: inodes are unique within one.</summary>
    [FieldOffset(136)]
    public ulong Device;

    /// <summary>Whether a file system is mounted right here.</summary>
    public readonly bool IsMountRoot => (Attributes & 0x2000) != 0;

    public readonly bool IsFile => (Mode & 0xF000) == 0x8000;

    public readonly bool IsFolder => (Mode & 0xF000) == 0x4000;

    public readonly uint Permissions => Mode & 0xFFFu;
}

[StructLayout(LayoutKind.Sequential)]
internal struct StatTime
{
    public long Seconds;
    public uint Nanoseconds;
    private readonly int _reserved;

    public readonly DateTimeOffset Instant => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / 100);

    public override readonly string ToString() => $"{Seconds:x}:{Nanoseconds:x}";
}
