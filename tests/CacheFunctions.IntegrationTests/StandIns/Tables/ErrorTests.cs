using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class ErrorTests
{
    private const string Body =
        "{\"odata.error\":{\"code\":\"EntityTooLarge\",\"message\":{\"lang\":\"en-US\",\"value\":\"Too large.\"}}}";

    [Fact]
    public async Task A_refusal_carries_status_code_and_message()
    {
        var refusal = await GetAsync(new CannedResponse(400, Body));

        Assert.Equal((400, "EntityTooLarge"), (refusal.Status, refusal.ErrorCode));
        Assert.StartsWith("Too large.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("{\"odata.error\":null}")]
    [InlineData("{\"odata.error\":{}}")]
    [InlineData("{\"odata.error\":{\"code\":7,\"message\":[]}}")]
    [InlineData("{\"odata.error\":{\"code\":\"\",\"message\":{\"value\":null}}}")]
    public async Task A_malformed_body_leaves_the_status_and_the_headers_code(string body)
    {
        var refusal = await GetAsync(new CannedResponse(409, body, ("x-ms-error-code", "FromHeader")));

        Assert.Equal((409, "FromHeader"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_refusal_without_body_or_code_still_has_its_status()
    {
        var refusal = await GetAsync(new CannedResponse(412, body: (Stream?)null));

        Assert.Equal((412, null), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_refused_query_is_understood_although_its_body_is_a_stream()
    {
        var stream = new BreakingStream(Body, breaks: false);
        var table = Clients.Table(new CannedTransport(new CannedResponse(400, stream)));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            async () => await table.QueryAsync<TableEntity>().ToListAsync());

        Assert.Equal((400, "EntityTooLarge"), (refusal.Status, refusal.ErrorCode));
        Assert.True(stream.Closed);
    }

    [Fact]
    public void A_transactions_failure_without_an_index_has_none() =>
        Assert.Null(new TableTransactionFailedException(new RequestFailedException(500, "x")).FailedTransactionActionIndex);

    private static async Task<RequestFailedException> GetAsync(CannedResponse response) =>
        await Assert.ThrowsAsync<RequestFailedException>(
            () => Clients.Table(new CannedTransport(response)).GetEntityAsync<TableEntity>("p", "r"));
}
