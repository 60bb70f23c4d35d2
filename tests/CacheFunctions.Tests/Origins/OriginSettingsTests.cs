using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Tests.Origins;

public class OriginSettingsTests
{
    [Theory]
    [InlineData("nfc")]
    [InlineData("NFD")]
    public void A_Unicode_form_is_refused_where_the_runtime_would_silently_ignore_it(string form)
    {
        var settings = Settings(("Origins:nas:UnicodeForm", form));
        if ("e\u0301".Normalize(NormalizationForm.FormC).Length == 1)
        {
            Assert.NotNull(OriginSettings.Read(settings, NoAccount).All[0].Origin.Rules.UnicodeForm);
            return;
        }

        var error = Assert.Throws<CacheException>(() => OriginSettings.Read(settings, NoAccount));
        Assert.Contains("UnicodeForm", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    public void Names_are_kept_byte_for_byte_unless_a_form_is_set(string? form) =>
        Assert.Null(OriginSettings.Read(Settings(("Origins:nas:UnicodeForm", form)), NoAccount).All[0].Origin.Rules.UnicodeForm);

    [Theory]
    [InlineData("https://account.blob.core.windows.net/files", true)]
    [InlineData("https://account.blob.core.windows.net/files?sv=1&sig=c2VjcmV0", true)]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/files", true)]
    [InlineData("http://account.blob.core.windows.net/files?sig=c2VjcmV0", false)]
    [InlineData("https://account.blob.core.windows.net/", false)]
    [InlineData("https://account.blob.core.windows.net/files/folder?sig=c2VjcmV0", false)]
    [InlineData("files?sig=c2VjcmV0", false)]
    public void A_container_is_named_by_a_safe_address_that_is_never_shown(string address, bool isGood)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Origins:nas:Type"] = "blob",
            ["Origins:nas:ContainerUri"] = address,
        }).Build();
        if (isGood)
        {
            Assert.Equal(new PathRules(true, null), OriginSettings.Read(settings, NoAccount).All[0].Origin.Rules);
            return;
        }

        var error = Assert.Throws<CacheException>(() => OriginSettings.Read(settings, NoAccount));
        Assert.Contains("Origins:nas:ContainerUri", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ContainerUri", "https://account.blob.core.windows.net/files")]
    [InlineData("UnicodeForm", "nfkc")]
    [InlineData("Type", "ftp")]
    [InlineData("Prefix", "mnt/nas/")]
    [InlineData("Prefix", "/mnt/nas")]
    [InlineData("Path", "/no/such/folder")]
    [InlineData("Paht", "/")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        var error = Assert.Throws<CacheException>(() => OriginSettings.Read(Settings(($"Origins:nas:{name}", value)), NoAccount));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The origin nas, of settings beneath its section.</summary>
    internal static IOrigin Read(params (string Name, string? Value)[] settings) => OriginSettings.Read(
        Settings([.. settings.Select(setting => ($"Origins:nas:{setting.Name}", setting.Value))]), NoAccount).All[0].Origin;

    private static StorageAccount NoAccount() => throw new InvalidOperationException("Settings are read before storage is used.");

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Origins:nas:Path"] = Path.GetTempPath() })
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value))
        .Build();
}
