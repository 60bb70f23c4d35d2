using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Storage.Origins.Linux;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// Finds out how the root of a directory origin tells names apart: with a file made for it, else by the names that
/// are there. Folders below are taken to be as the root.
/// </summary>
internal static class DirectoryProbe
{
    // Enough to meet a letter, few enough not to hold a start up.
    private const int MaxNames = 1000;
    private const uint PrivateMode = 0x180; // 0600

    /// <param name="mayWrite">Whether a file may be made and removed there.</param>
    public static NameProbe Look(string root, string origin, bool mayWrite)
    {
        using var folder = OriginFolder.At(root, origin, "");
        var probe = new NameProbe(name => Find(folder, name), folder.Names());
        if (mayWrite)
        {
            // An accented letter, in which the forms differ; and without, where such names are not allowed.
            var name = $"{StagedNames.Prefix}probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            LookAtNew(folder, probe, name + "-\u00e9");
            if (!probe.IsDone) LookAtNew(folder, probe, name);
        }

        foreach (var name in folder.Names().Take(MaxNames))
        {
            if (probe.IsDone) break;
            probe.Look(name);
        }

        return probe;
    }

    private static void LookAtNew(OriginFolder folder, NameProbe probe, string name)
    {
        try
        {
            folder.CreateNew(name, PrivateMode).Dispose();
            try
            {
                probe.Look(name);
            }
            finally
            {
                folder.Remove(name);
            }
        }
        catch (CacheException)
        {
            // No right to write there, or no room: then what is there must do.
        }
    }

    /// <summary>A name that a file system cannot even look for names nothing there.</summary>
    private static ulong? Find(OriginFolder folder, string name)
    {
        try
        {
            return folder.Find(name)?.Inode;
        }
        catch (CacheException)
        {
            return null;
        }
    }
}
