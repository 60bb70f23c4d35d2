using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Storage.Contents.Directories;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins.Links;

/// <summary>The folder of an original and that of its copy, held open, and what lies in them for one link.</summary>
internal sealed class LinkPlace : IDisposable
{
    private static readonly TimeSpan RestoredAge = TimeSpan.FromHours(1);

    private readonly OriginFolder _copies;
    private readonly string _copy;
    private readonly CachedLink _link;
    private readonly string _target;

    private LinkPlace(OriginFolder folder, string name, OriginFolder copies, string copy, CachedLink link, string target)
    {
        (Folder, Name, _copies, _copy, _link, _target) = (folder, name, copies, copy, link, target);
        // The copy's own random part: no two copies share it.
        Displaced = $"{StagedNames.Prefix}{link.Content[(link.Content.LastIndexOf('/') + 1)..]}.link";
    }

    /// <summary>Of the original.</summary>
    public OriginFolder Folder { get; }

    /// <summary>The original's, in its folder.</summary>
    public string Name { get; }

    public string Displaced { get; }

    private string RestoredPrefix => Path.ChangeExtension(Displaced, ".restored-");

    /// <param name="contents">The folder of the copies.</param>
    public static LinkPlace Open(DirectoryOrigin origin, string path, string contents, CachedLink link, string target)
    {
        var (folder, name) = OriginFolder.Containing(origin.Root, origin.Name, path);
        try
        {
            var (copies, copy) = OriginFolder.Containing(contents, ContentName.Cache, ContentPath.Of(ContentName.Cache, link.Content));
            return new LinkPlace(folder, name, copies, copy, link, target);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether the link stands at the original's name.</summary>
    public bool IsLink() => IsLink(Name);

    public bool IsLink(string name)
    {
        if (!_link.IsHard) return Folder.ReadLink(name) == _target;
        return Folder.Find(name) is { } found && Copy() is { } copy && found.Inode == copy.Inode && found.Device == copy.Device;
    }

    /// <returns>null: the copy is gone.</returns>
    public StatX? Copy() => _copies.FindFile(_copy);

    /// <returns>0, or the error's number.</returns>
    public int TryHardLink() => _copies.TryLink(_copy, Folder, Displaced);

    /// <summary>Gives the copy what readers of the original see besides its bytes: owner, mode, lists, modification time.</summary>
    public void TakeAttributes(in StatX original)
    {
        using var copy = _copies.OpenReadWrite(_copy);
        FileAttributes.Keep(Folder, Name, original, copy);
        File.SetLastWriteTimeUtc(copy, original.Modified.Instant.UtcDateTime);
        _copies.Sync(copy);
    }

    /// <summary>Makes a new file a durable double of the copy.</summary>
    public void CopyTo(SafeFileHandle file)
    {
        using var copy = _copies.OpenRead(_copy);
        var stat = _copies.Describe(copy);
        using (var from = new FileStream(copy, FileAccess.Read, bufferSize: 0))
        using (var to = new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0))
        {
            from.CopyTo(to, 1 << 20);
            if (to.Length != (long)stat.Size) throw CacheException.Unavailable("The copy was changed while its original was restored. Try again.");
        }

        FileAttributes.Keep(_copies, _copy, stat, file);
        File.SetLastWriteTimeUtc(file, stat.Modified.Instant.UtcDateTime);
        Folder.Sync(file);
    }

    /// <summary>A new name: of several who restore at once each fills a file of its own.</summary>
    public string NewRestored() => RestoredPrefix + RandomIds.Secure.Next()[..8];

    /// <summary>Deletes what was left by attempts whose process was killed.</summary>
    /// <param name="now">By the service's clock.</param>
    public void DeleteOldRestored(DateTimeOffset now)
    {
        foreach (var name in Folder.Names().Where(name => name.StartsWith(RestoredPrefix, StringComparison.Ordinal)))
            if (Folder.Find(name) is { } stat && stat.Changed.Instant + RestoredAge < now) Folder.Remove(name);
    }

    public void Dispose()
    {
        Folder.Dispose();
        _copies.Dispose();
    }
}
