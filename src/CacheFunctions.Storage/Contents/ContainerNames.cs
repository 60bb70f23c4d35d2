using System.Text.RegularExpressions;
using CacheFunctions.Content;
using CacheFunctions.Settings;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Storage.Contents;

/// <summary>The containers that the fourth document lets users name: its buckets.</summary>
/// <param name="Files">Of the file manager's files.</param>
/// <param name="Cache">Of cached files.</param>
internal sealed partial record ContainerNames(string Files, string Cache)
{
    private const string FilesSetting = "APP_BUCKET";
    private const string CacheSetting = "S3_CACHE_BUCKET";

    private static readonly string[] Others = [ContentName.Sessions, ContentName.System, ContentName.Directories, ContentName.Uploads];

    /// <exception cref="Errors.CacheException">No container can have this name, or it is used for something else.</exception>
    public static ContainerNames Read(IConfiguration configuration)
    {
        var read = new SettingsReader(configuration);
        var names = new ContainerNames(
            Checked(FilesSetting, read.Text(FilesSetting) ?? ContentName.Files), Checked(CacheSetting, read.Text(CacheSetting) ?? ContentName.Cache));
        return names.Files != names.Cache
            ? names
            : throw SettingsReader.Wrong(read.Text(FilesSetting) is null ? CacheSetting : FilesSetting, $"is '{names.Files}', which this service uses for something else.");
    }

    private static string Checked(string setting, string name)
    {
        if (name.Length is < 3 or > 63 || !Allowed().IsMatch(name))
            throw SettingsReader.Wrong(setting, $"is '{name}'; it must be 3 to 63 lower-case letters, digits and single -, and begin and end with a letter or digit.");
        return Others.Contains(name) ? throw SettingsReader.Wrong(setting, $"is '{name}', which this service uses for something else.") : name;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Allowed();
}
