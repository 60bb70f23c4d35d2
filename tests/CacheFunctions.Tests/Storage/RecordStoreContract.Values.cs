using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

/// <summary>Values keep their type and every bit.</summary>
public abstract partial class RecordStoreContract
{
    public static TheoryData<string> Texts => new(
        "",
        " ",
        "it's \"quoted\" \\ and <tagged> & {braced}",
        "naïve 日本語 😀 e\u0301",
        "line\r\nline\ttab",
        "2026-01-31T09:05:00Z",
        "9223372036854775807",
        "true",
        "null",
        new string('x', 32 << 10));

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_is_kept_letter_by_letter_and_stays_text(string text)
    {
        var values = await RoundTripAsync(new RowValues { { "value", text } });

        Assert.Equal(text, values.Text("value"));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(1L << 31)]
    [InlineData((1L << 53) + 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task A_number_is_kept_to_the_bit(long number)
    {
        var values = await RoundTripAsync(new RowValues { { "value", number } });

        Assert.Equal(number, values.Number("value"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flag_is_kept(bool flag)
    {
        var values = await RoundTripAsync(new RowValues { { "value", flag } });

        Assert.Equal(flag, values.Flag("value"));
        Assert.Single(values);
    }

    [Theory]
    [InlineData("1601-01-01T00:00:00.0000000+00:00")]
    [InlineData("2026-01-31T09:05:00.0000000+00:00")]
    [InlineData("2026-01-31T09:05:00.0000001+05:30")]
    [InlineData("2026-06-30T23:59:59.9999999-08:00")]
    [InlineData("9999-12-31T23:59:59.9999999+00:00")]
    public async Task An_instant_is_kept_to_a_hundred_nanoseconds_and_comes_back_in_UTC(string text)
    {
        var instant = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        var values = await RoundTripAsync(new RowValues { { "value", instant } });

        Assert.Equal(instant.UtcTicks, values.RequiredTime("value").UtcTicks);
        Assert.Equal(TimeSpan.Zero, values.RequiredTime("value").Offset);
    }

    [Fact]
    public async Task What_is_null_is_not_stored_and_nothing_is_added()
    {
        var values = await RoundTripAsync(new RowValues { { "none", (string?)null }, { "value", "text" } });

        Assert.Equal(["value"], values.Select(value => value.Key));
    }

    [Fact]
    public async Task A_range_reads_values_as_a_point_read_does()
    {
        var store = await StoreAsync();
        var instant = new DateTimeOffset(2026, 1, 31, 9, 5, 0, TimeSpan.Zero).AddTicks(1);
        await CommitAsync(store, RowChange.Insert("a", new RowValues { { "t", "" }, { "n", long.MaxValue }, { "f", true }, { "i", instant } }));

        var point = await GetAsync(store, "a");
        var rows = new List<Row>();
        await foreach (var row in store.QueryAsync(_table, Partition, KeyRange.Prefix("a"), null, default)) rows.Add(row);

        Assert.Equal(Sorted(point!.Values), Sorted(Assert.Single(rows).Values));
        Assert.Equal(point.ETag, rows[0].ETag);
    }

    private static IEnumerable<KeyValuePair<string, object>> Sorted(RowValues values) => values.OrderBy(value => value.Key, StringComparer.Ordinal);

    private async Task<RowValues> RoundTripAsync(RowValues values)
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", values));
        return (await GetAsync(store, "a"))!.Values;
    }
}
