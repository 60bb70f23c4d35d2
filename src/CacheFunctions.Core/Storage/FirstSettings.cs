using System.Globalization;
using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage;

/// <summary>
/// What a deployment began with and the keys of its records depend on: the number of shards, and how each origin tells
/// names apart. With others it would look for records where they are not, and give one file two locks.
/// </summary>
public static class FirstSettings
{
    private const string Table = "control";
    private const string Partition = "settings";

    /// <summary>Stores them at the first use, and checks them at every later start. Safe to repeat: the first insert wins.</summary>
    /// <exception cref="CacheException">Conflict: the records were made with others; the message tells how to go back.</exception>
    public static async Task EnsureAsync(IRecordStore store, int shards, OriginSet origins, CancellationToken cancellation)
    {
        var first = await FirstAsync(store, "shards", new RowValues { { "schema", 1 }, { "count", shards } }, cancellation);
        if (first.Number("count") is { } found && found != shards)
        {
            throw new CacheException(
                ErrorCode.Conflict, $"The records were made with {found} shards, and this version uses {shards}. Use the version that made them.");
        }

        foreach (var (origin, _) in origins.All) await EnsureAsync(store, origin.Name, origin.Rules, cancellation);
    }

    private static async Task EnsureAsync(IRecordStore store, string origin, PathRules rules, CancellationToken cancellation)
    {
        var row = new RowValues { { "schema", 1 }, { "case_sensitive", rules.CaseSensitive }, { "unicode_form", Name(rules.UnicodeForm) } };
        var first = await FirstAsync(store, "origin-" + origin, row, cancellation);
        var (wasSensitive, form) = (first.Flag("case_sensitive"), first.RequiredText("unicode_form"));
        if (wasSensitive == rules.CaseSensitive && form == Name(rules.UnicodeForm)) return;
        throw new CacheException(ErrorCode.Conflict, string.Create(
            CultureInfo.InvariantCulture,
            $"The records of the origin '{origin}' were made with CaseSensitive={wasSensitive} and UnicodeForm={form}; now they are {rules.CaseSensitive} and {Name(rules.UnicodeForm)}, with which files would lose their locks and sessions. Set Origins:{origin}:CaseSensitive={wasSensitive} and Origins:{origin}:UnicodeForm={form}, or give the changed origin another name."));
    }

    /// <returns>What was stored at the first start: <paramref name="values"/>, if this is it.</returns>
    private static async Task<RowValues> FirstAsync(IRecordStore store, string key, RowValues values, CancellationToken cancellation)
    {
        if (await store.GetAsync(Table, Partition, key, cancellation) is { } stored) return stored.Values;
        try
        {
            await store.CommitAsync(Table, Partition, [RowChange.Insert(key, values)], cancellation);
            return values;
        }
        catch (RowConflictException)
        {
            return (await store.GetAsync(Table, Partition, key, cancellation))?.Values ?? values;
        }
    }

    private static string Name(NormalizationForm? form) => form switch
    {
        null => "none",
        NormalizationForm.FormC => "nfc",
        _ => "nfd",
    };
}
