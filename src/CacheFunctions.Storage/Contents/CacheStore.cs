using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Settings;
using CacheFunctions.Storage.Contents.Directories;
using CacheFunctions.Storage.Origins.Links;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Storage.Contents;

/// <summary>Where cached files lie, as the settings under <c>Cache:</c> say.</summary>
/// <param name="Directory">The folder, as this machine knows it; null: Blob Storage.</param>
/// <param name="LinkTarget">The folder, as the readers of links know it.</param>
public sealed record CacheStore(string? Directory, string? LinkTarget)
{
    /// <exception cref="Errors.CacheException">A setting is wrong.</exception>
    public static CacheStore Read(IConfiguration configuration)
    {
        var read = new SettingsReader(configuration);
        var isDirectory = (read.Text("Cache:Store") ?? "blob") switch
        {
            "directory" => true,
            "blob" => false,
            var other => throw SettingsReader.Wrong("Cache:Store", $"is '{other}'; it must be blob or directory."),
        };
        if (!isDirectory)
        {
            foreach (var name in new[] { "Cache:Directory", "Cache:LinkTarget" })
                if (read.Text(name) is not null) throw SettingsReader.Wrong(name, "is set, and means nothing unless Cache:Store is directory.");
            if (!read.Flag("Cache:CopyMode", true))
                throw SettingsReader.Wrong("Cache:CopyMode", "is false, which needs links, and those need Cache:Store to be directory.");
            return new CacheStore(null, null);
        }

        var path = Path.GetFullPath(read.RequiredText("Cache:Directory"));
        if (!System.IO.Directory.Exists(path)) throw SettingsReader.Wrong("Cache:Directory", $"is '{path}'; there is no such folder.");
        var target = read.Text("Cache:LinkTarget") ?? path;
        if (!target.StartsWith('/')) throw SettingsReader.Wrong("Cache:LinkTarget", $"is '{target}'; it must be a full path, as the readers of links know the folder.");
        return new CacheStore(path, target);
    }

    internal IContentStore Contents(IContentStore blobs, TimeProvider time) =>
        Directory is null ? blobs : new DirectoryContentStore(Directory, time);

    /// <summary>Only where there is a folder to link to.</summary>
    internal IFileLinks Links(TimeProvider time) => new DirectoryLinks(Directory!, LinkTarget!, time);
}
