using System.Runtime.InteropServices;
using System.Text;

namespace CacheFunctions.Tests.Origins;

/// <summary>What a file has besides its bytes survives their replacement.</summary>
public class DirectoryAttributeTests
{
    [SkippableFact]
    public async Task Extended_attributes_are_kept()
    {
        using var root = new OriginRoot();
        root.Put("a", [1]);
        Set(root.At("a"), "user.comment", "from the archive"u8.ToArray());
        Set(root.At("a"), "user.empty", []);

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), [2]);

        Assert.Equal("from the archive"u8.ToArray(), Get(root.At("a"), "user.comment"));
        Assert.Empty(Get(root.At("a"), "user.empty")!);
        Assert.Null(Get(root.At("a"), "user.other"));
    }

    [SkippableFact]
    public async Task An_access_control_list_is_kept_with_its_mask()
    {
        using var root = new OriginRoot();
        root.Put("a", [1]);
        // The owner may all, user 4321 may read, the group nothing, the mask lets reading through, others nothing.
        byte[] list = [2, 0, 0, 0, .. Entry(1, 7), .. Entry(2, 4, 4321), .. Entry(4, 0), .. Entry(16, 4), .. Entry(32, 0)];
        Set(root.At("a"), "system.posix_acl_access", list);

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), [2]);

        Assert.Equal(list, Get(root.At("a"), "system.posix_acl_access"));
    }

    [SkippableFact]
    public async Task The_rights_of_a_program_end_with_its_bytes()
    {
        using var root = new OriginRoot();
        root.Put("a", [1]);
        // Revision 2, effective, the right to bind low ports.
        Set(root.At("a"), "security.capability", [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), [2]);

        Assert.Null(Get(root.At("a"), "security.capability"));
    }

    private static byte[] Entry(ushort tag, ushort rights, int id = -1) =>
        [.. BitConverter.GetBytes(tag), .. BitConverter.GetBytes(rights), .. BitConverter.GetBytes(id)];

    private static void Set(string path, string name, byte[] value) => Skip.If(
        SetAttribute(Text(path), Text(name), value, value.Length, 0) != 0, $"The file system or this account does not allow {name}.");

    private static byte[]? Get(string path, string name)
    {
        var value = new byte[1000];
        var length = GetAttribute(Text(path), Text(name), value, value.Length);
        return length < 0 ? null : value[..(int)length];
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    [DllImport("libc", EntryPoint = "setxattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttribute(byte[] path, byte[] name, byte[] value, nint size, int flags);

    [DllImport("libc", EntryPoint = "getxattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GetAttribute(byte[] path, byte[] name, [Out] byte[] value, nint size);
}
