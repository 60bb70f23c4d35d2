using System.Text.RegularExpressions;
using CacheFunctions.Content;
using CacheFunctions.Settings;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Storage.Contents;

/// <summary>Where the file manager's files lie: the container that the document's APP_BUCKET names.</summary>
internal static partial class FileContainer
{
    private const string Setting = "APP_BUCKET";

    private static readonly string[] Others = [ContentName.Sessions, ContentName.Cache, ContentName.System, ContentName.Directories, ContentName.Uploads];

    /// <exception cref="Errors.CacheException">No container can have this name, or it is the service's own for something else.</exception>
    public static string Read(IConfiguration configuration)
    {
        if (new SettingsReader(configuration).Text(Setting) is not { } name) return ContentName.Files;
        if (name.Length is < 3 or > 63 || !Allowed().IsMatch(name))
            throw SettingsReader.Wrong(Setting, $"is '{name}'; it must be 3 to 63 lower-case letters, digits and single -, and begin and end with a letter or digit.");
        return Others.Contains(name) ? throw SettingsReader.Wrong(Setting, $"is '{name}', which this service uses for something else.") : name;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Allowed();
}
