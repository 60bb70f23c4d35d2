using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

/// <summary>What the emulator cannot show, because it does not keep it as the service does.</summary>
public sealed class PropertyWireTests
{
    [Fact]
    public async Task Negative_zero_is_sent_with_its_sign()
    {
        var sent = await SendAsync(-0.0);

        Assert.Contains("\"Value@odata.type\":\"Edm.Double\",\"Value\":-0", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"V\":-0.0}", -0.0)]
    [InlineData("{\"V@odata.type\":\"Edm.Double\",\"V\":-0}", -0.0)]
    [InlineData("{\"V\":5.0}", 5.0)]
    [InlineData("{\"V@odata.type\":\"Edm.Double\",\"V\":5}", 5.0)]
    [InlineData("{\"V\":1E+22}", 1e22)]
    [InlineData("{\"V@odata.type\":\"Edm.Double\",\"V\":\"NaN\"}", double.NaN)]
    [InlineData("{\"V@odata.type\":\"Edm.Double\",\"V\":\"-Infinity\"}", double.NegativeInfinity)]
    public async Task A_double_is_read_to_the_bit_in_each_of_its_spellings(string row, double expected)
    {
        var read = (await ReadAsync(row)).GetDouble("V")!.Value;

        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(read));
    }

    [Fact]
    public async Task An_annotation_counts_wherever_it_stands_in_the_row() =>
        Assert.Equal(7L, (await ReadAsync("{\"V\":\"7\",\"V@odata.type\":\"Edm.Int64\"}")).GetInt64("V"));

    [Fact]
    public async Task What_was_selected_and_is_not_there_reads_as_null()
    {
        const string Row = "{\"odata.etag\":null,\"RowKey\":\"r\",\"Timestamp\":null,\"Text\":null,\"MaybeInt\":null,\"Whole\":null}";

        var table = Clients.Table(new CannedTransport(new CannedResponse(200, Row)));
        var own = (await table.GetEntityAsync<CustomEntityTests.Everything>("p", "r")).Value;
        var dictionary = await ReadAsync(Row);

        Assert.Equal(("r", null, null, null, 0), (own.RowKey, own.Timestamp, own.Text, own.MaybeInt, own.Whole));
        Assert.Equal((null, null, default), (dictionary.Timestamp, dictionary.GetString("Text"), dictionary.ETag));
    }

    [Fact]
    public async Task A_bare_number_without_a_point_is_an_int() =>
        Assert.Equal(5, (await ReadAsync("{\"V\":5}"))["V"]);

    [Fact]
    public async Task Timestamp_and_etag_are_never_sent()
    {
        var transport = new CannedTransport(new CannedResponse(204));
        var entity = new TableEntity("p", "r") { Timestamp = DateTimeOffset.UnixEpoch, ETag = new("W/\"1\"") };

        await Clients.Table(transport).UpsertEntityAsync(entity);

        Assert.Equal("""{"PartitionKey":"p","RowKey":"r"}""", transport.Sent.Single().Body);
    }

    [Theory]
    [InlineData(TableClientOptions.ServiceVersion.V2019_02_02, "2019-02-02")]
    [InlineData(TableClientOptions.ServiceVersion.V2020_12_06, "2020-12-06")]
    public async Task Requests_name_protocol_version_and_metadata_level(TableClientOptions.ServiceVersion version, string expected)
    {
        var transport = new CannedTransport(new CannedResponse(204));

        await Clients.Table(transport, new(version)).AddEntityAsync(new TableEntity("p", "r"));

        var headers = transport.Sent.Single().Headers;
        Assert.Equal(expected, headers["x-ms-version"]);
        Assert.Equal("3.0", headers["DataServiceVersion"]);
        Assert.Equal("application/json;odata=minimalmetadata", headers["Accept"]);
        Assert.Equal("return-no-content", headers["Prefer"]);
    }

    private static async Task<string> SendAsync(object value)
    {
        var transport = new CannedTransport(new CannedResponse(204));
        await Clients.Table(transport).AddEntityAsync(new TableEntity("p", "r") { ["Value"] = value });
        return transport.Sent.Single().Body;
    }

    private static async Task<TableEntity> ReadAsync(string row) =>
        (await Clients.Table(new CannedTransport(new CannedResponse(200, row))).GetEntityAsync<TableEntity>("p", "r")).Value;
}
