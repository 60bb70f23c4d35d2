using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Storage;

public class FirstSettingsTests
{
    private static readonly PathRules Plain = new(CaseSensitive: true, UnicodeForm: null);

    private readonly MemoryRecordStore _records = new();

    [Fact]
    public async Task The_same_settings_pass_at_every_start_and_a_new_origin_is_added()
    {
        await EnsureAsync(64, ("nas", Plain));
        await EnsureAsync(64, ("nas", Plain));
        await EnsureAsync(64, ("nas", Plain), ("tape", Plain with { CaseSensitive = false }));

        await Assert.ThrowsAsync<CacheException>(() => EnsureAsync(64, ("tape", Plain)));
    }

    [Fact]
    public async Task Another_number_of_shards_is_refused()
    {
        await EnsureAsync(64, ("nas", Plain));

        var error = await Assert.ThrowsAsync<CacheException>(() => EnsureAsync(32, ("nas", Plain)));

        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Contains("64 shards", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null, false, null, "CaseSensitive=True and Origins:nas:UnicodeForm=none")]
    [InlineData(false, NormalizationForm.FormC, true, NormalizationForm.FormC, "CaseSensitive=False and Origins:nas:UnicodeForm=nfc")]
    [InlineData(true, NormalizationForm.FormD, true, null, "CaseSensitive=True and Origins:nas:UnicodeForm=nfd")]
    public async Task Other_rules_for_names_are_refused_with_the_settings_that_restore_the_old_ones(
        bool wasSensitive, NormalizationForm? form, bool isSensitive, NormalizationForm? newForm, string settings)
    {
        await EnsureAsync(64, ("nas", new PathRules(wasSensitive, form)));

        var error = await Assert.ThrowsAsync<CacheException>(() => EnsureAsync(64, ("nas", new PathRules(isSensitive, newForm))));

        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Contains($"Set Origins:nas:{settings}", error.Message, StringComparison.Ordinal);
    }

    private Task EnsureAsync(int shards, params (string Name, PathRules Rules)[] origins) => FirstSettings.EnsureAsync(
        _records,
        shards,
        new OriginSet([.. origins.Select(each => new NamedOrigin(new DirectoryOrigin(each.Name, "/", each.Rules, true), $"/{each.Name}/"))], null),
        default);
}
