using System.Text;
using CacheFunctions.Errors;
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
            Assert.NotNull(OriginSettings.Read(settings).All[0].Origin.Rules.UnicodeForm);
            return;
        }

        var error = Assert.Throws<CacheException>(() => OriginSettings.Read(settings));
        Assert.Contains("UnicodeForm", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    public void Names_are_kept_byte_for_byte_unless_a_form_is_set(string? form) =>
        Assert.Null(OriginSettings.Read(Settings(("Origins:nas:UnicodeForm", form))).All[0].Origin.Rules.UnicodeForm);

    [Theory]
    [InlineData("UnicodeForm", "nfkc")]
    [InlineData("Type", "ftp")]
    [InlineData("Prefix", "mnt/nas/")]
    [InlineData("Prefix", "/mnt/nas")]
    [InlineData("Path", "/no/such/folder")]
    [InlineData("Paht", "/")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        var error = Assert.Throws<CacheException>(() => OriginSettings.Read(Settings(($"Origins:nas:{name}", value))));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Origins:nas:Path"] = Path.GetTempPath() })
        .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value))
        .Build();
}
