using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class PropertyRoundTripTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Theory]
    [InlineData("")]
    [InlineData(" plain \t and trailing ")]
    [InlineData("quotes ' '' \" \\ / \b \u0001")]
    [InlineData("ünïcödé 漢字 e\u0301 \u2028")]
    [InlineData("surrogates 😀 \U0001F9EA")]
    [InlineData("2020-01-01T00:00:00Z")]
    [InlineData("12345678901")]
    public async Task A_string_comes_back_as_it_was(string value) =>
        Assert.Equal(value, (await RoundTripAsync(value)).GetString("Value"));

    [Theory]
    [InlineData(0)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task An_int_comes_back_as_an_int(int value) =>
        Assert.Equal(value, (await RoundTripAsync(value)).GetInt32("Value"));

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(9007199254740993L)]
    public async Task A_long_comes_back_as_a_long(long value) =>
        Assert.Equal(value, (await RoundTripAsync(value)).GetInt64("Value"));

    [Theory]
    [InlineData(0.0)]
    [InlineData(5.0)]
    [InlineData(-3.0)]
    [InlineData(0.1)]
    [InlineData(1e300)]
    [InlineData(1e22)]
    [InlineData(double.Epsilon)]
    [InlineData(2.2250738585072009E-308)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task A_double_comes_back_to_the_bit(double value)
    {
        var read = (await RoundTripAsync(value)).GetDouble("Value");

        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bool_comes_back(bool value) =>
        Assert.Equal(value, (await RoundTripAsync(value)).GetBoolean("Value"));

    [Fact]
    public async Task An_instant_keeps_its_ticks_and_comes_back_in_utc()
    {
        var value = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(5.5)).AddTicks(1_234_567);

        var entity = await RoundTripAsync(value);

        Assert.Equal(value.UtcTicks, entity.GetDateTimeOffset("Value")!.Value.UtcTicks);
        Assert.Equal(TimeSpan.Zero, entity.GetDateTimeOffset("Value")!.Value.Offset);
        Assert.Equal(DateTimeKind.Utc, entity.GetDateTime("Value")!.Value.Kind);
        Assert.Equal(value.UtcTicks, entity.GetDateTime("Value")!.Value.Ticks);
    }

    [Fact]
    public async Task A_utc_date_keeps_its_ticks()
    {
        var value = new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(1);

        Assert.Equal(value, (await RoundTripAsync(value)).GetDateTime("Value"));
    }

    [Theory]
    [InlineData(DateTimeKind.Local)]
    [InlineData(DateTimeKind.Unspecified)]
    public async Task A_date_that_is_not_utc_is_refused(DateTimeKind kind) =>
        await Assert.ThrowsAsync<NotSupportedException>(() => RoundTripAsync(new DateTime(2024, 1, 1, 0, 0, 0, kind)));

    [Fact]
    public async Task A_guid_comes_back()
    {
        var value = new Guid("00112233-4455-6677-8899-aabbccddeeff");

        Assert.Equal(value, (await RoundTripAsync(value)).GetGuid("Value"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    public async Task Bytes_come_back(int length)
    {
        var value = Enumerable.Range(0, length).Select(n => (byte)n).ToArray();

        Assert.Equal(value, (await RoundTripAsync(value)).GetBinary("Value"));
        Assert.Equal(value, (await RoundTripAsync(new BinaryData(value))).GetBinaryData("Value")!.ToArray());
    }

    [Fact]
    public async Task A_duration_is_stored_as_text() =>
        Assert.Equal("PT1H0.5S", (await RoundTripAsync(new TimeSpan(0, 1, 0, 0, 500))).GetString("Value"));

    [Fact]
    public async Task An_unsigned_long_comes_back_as_a_long() =>
        Assert.Equal(long.MaxValue, (await RoundTripAsync((ulong)long.MaxValue)).GetInt64("Value"));

    [Fact]
    public async Task A_decimal_or_a_float_comes_back_as_a_double()
    {
        Assert.Equal(0.1, (await RoundTripAsync(0.1m)).GetDouble("Value"));
        Assert.Equal(0.5, (await RoundTripAsync(0.5f)).GetDouble("Value"));
    }

    [Fact]
    public async Task A_null_property_is_not_stored()
    {
        var entity = await RoundTripAsync(null);

        Assert.False(entity.ContainsKey("Value"));
        Assert.Null(entity.GetString("Value"));
    }

    [Fact]
    public async Task A_type_that_the_service_lacks_is_refused_before_anything_is_sent() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => RoundTripAsync(new Uri("https://example.org")));

    [Fact]
    public async Task An_enum_in_a_dictionary_is_refused() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => RoundTripAsync(DayOfWeek.Friday));

    [Fact]
    public async Task A_row_carries_its_keys_timestamp_and_etag()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);

        var entity = await RoundTripAsync("x");

        Assert.Equal(("p", "r"), (entity.PartitionKey, entity.RowKey));
        Assert.StartsWith("W/\"datetime'", entity.ETag.ToString(), StringComparison.Ordinal);
        Assert.InRange(entity.Timestamp!.Value, before, DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.False(entity.ContainsKey("odata.metadata"));
    }

    private async Task<TableEntity> RoundTripAsync(object? value)
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Value"] = value });
        return (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
    }
}
