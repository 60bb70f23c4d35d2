using System.Text;
using CacheFunctions.Origins;
using CacheFunctions.Settings;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins.Blobs;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Storage.Origins;

/// <summary>Makes the origins that the settings under <c>Origins:</c> name.</summary>
public static class OriginSettings
{
    private const string Section = "Origins";

    /// <param name="account">The service's own account; asked for when a blob origin is first used.</param>
    /// <exception cref="Errors.CacheException">A setting is wrong, or there is no origin.</exception>
    public static OriginSet Read(IConfiguration configuration, Func<StorageAccount> account)
    {
        var read = new SettingsReader(configuration);
        var names = configuration.GetSection(Section).GetChildren().Select(child => child.Key).ToList();
        if (names.Count == 0)
            throw SettingsReader.Wrong("Origins:{name}:Path", "is missing: name at least one folder that holds the files.");
        var origins = names.ConvertAll(name => One(read, name, account));
        var twice = origins.GroupBy(origin => origin.Prefix).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw SettingsReader.Wrong($"Origins:{twice.Last().Origin.Name}:Prefix", $"is '{twice.Key}', which another origin has.");

        var byDefault = read.Text("DefaultOrigin");
        if (byDefault is not null && !names.Contains(byDefault))
            throw SettingsReader.Wrong("DefaultOrigin", $"is '{byDefault}'; it must be one of {string.Join(", ", names)}.");
        return new OriginSet(origins, byDefault);
    }

    private static NamedOrigin One(SettingsReader read, string name, Func<StorageAccount> account)
    {
        var section = $"{Section}:{name}";
        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw SettingsReader.Wrong(section, "has a name with other signs than letters, digits, - and _.");
        IOrigin origin = (read.Text($"{section}:Type") ?? "directory") switch
        {
            "directory" => InDirectory(read, section, name),
            "blob" => InBlobs(read, section, name, account),
            var other => throw SettingsReader.Wrong($"{section}:Type", $"is '{other}'; it must be directory or blob."),
        };
        var prefix = read.Text($"{section}:Prefix") ?? $"/mnt/{name}/";
        if (!prefix.StartsWith('/') || !prefix.EndsWith('/'))
            throw SettingsReader.Wrong($"{section}:Prefix", $"is '{prefix}'; it must begin and end with /.");
        return new NamedOrigin(origin, prefix);
    }

    private static DirectoryOrigin InDirectory(SettingsReader read, string section, string name)
    {
        read.RequireKnown(section, "Type", "Path", "Prefix", "CaseSensitive", "UnicodeForm", "ReadOnly");
        var path = read.RequiredText($"{section}:Path");
        if (!Directory.Exists(path)) throw SettingsReader.Wrong($"{section}:Path", $"is '{path}'; there is no such folder.");
        var readOnly = read.Flag($"{section}:ReadOnly", false);
        var root = Path.GetFullPath(path);
        return new DirectoryOrigin(name, root, Rules(read, section, name, root, readOnly), readOnly);
    }

    private static BlobOrigin InBlobs(SettingsReader read, string section, string name, Func<StorageAccount> account)
    {
        read.RequireKnown(section, "Type", "ContainerUri", "Prefix", "CaseSensitive", "UnicodeForm", "ReadOnly");
        var container = ContainerAddress.Read(read, $"{section}:ContainerUri");
        // Storage itself tells all names apart.
        var rules = new PathRules(read.Flag($"{section}:CaseSensitive", true), Form(read, $"{section}:UnicodeForm"));
        return new BlobOrigin(name, () => ContainerAddress.Open(name, container, account()), rules, read.Flag($"{section}:ReadOnly", false));
    }

    /// <summary>What is not set is found out.</summary>
    private static PathRules Rules(SettingsReader read, string section, string name, string root, bool readOnly)
    {
        var form = Form(read, $"{section}:UnicodeForm");
        var isFormSet = read.Text($"{section}:UnicodeForm") is not null;
        if (isFormSet && read.Text($"{section}:CaseSensitive") is not null)
            return new PathRules(read.Flag($"{section}:CaseSensitive", true), form);
        var probe = DirectoryProbe.Look(root, name, mayWrite: !readOnly);
        // Where nothing tells, as Linux file systems commonly are.
        return new PathRules(
            read.Flag($"{section}:CaseSensitive", probe.IsCaseSensitive ?? true),
            isFormSet || probe.TellsFormsApart != false ? form : NormalizationForm.FormC);
    }

    private static NormalizationForm? Form(SettingsReader read, string name)
    {
        var text = read.Text(name);
        NormalizationForm? form = text?.ToUpperInvariant() switch
        {
            null or "NONE" => null,
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            _ => throw SettingsReader.Wrong(name, $"is '{text}'; it must be none, nfc or nfd."),
        };
        if (form is not null && !KnowsForms)
        {
            throw SettingsReader.Wrong(
                name, $"is '{text}', but this process was built for invariant globalisation and brings no name into a form: two spellings of one file would get two locks.");
        }

        return form;
    }

    /// <summary>Without Unicode data the runtime leaves all text as it is, and says nothing.</summary>
    private static bool KnowsForms => "e\u0301".Normalize(NormalizationForm.FormC).Length == 1;
}
