using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class RetryTests(TableAccount account) : IClassFixture<TableAccount>
{
    private const string Page = "{\"value\":[{\"PartitionKey\":\"p\",\"RowKey\":\"r\"}]}";

    [Fact]
    public async Task Each_operation_outlasts_a_busy_service()
    {
        await account.Service.CreateTableIfNotExistsAsync("busy");
        var busy = new BusyFirst();
        var options = Clients.Fast(new());
        options.AddPolicy(busy, HttpPipelinePosition.PerRetry);
        var table = new TableClient(account.ConnectionString, "busy", options);

        await table.AddEntityAsync(new TableEntity("p", "r"));
        await table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All);
        await table.UpsertEntityAsync(new TableEntity("p", "r"));
        await table.GetEntityAsync<TableEntity>("p", "r");
        await table.GetEntityIfExistsAsync<TableEntity>("p", "r");
        Assert.Single(await table.QueryAsync<TableEntity>().ToListAsync());
        await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("p", "s"))]);
        await table.DeleteEntityAsync("p", "r");

        Assert.Equal((16, 8), (busy.Tries, busy.Refused));
    }

    [Fact]
    public async Task A_service_that_stays_busy_fails_after_the_last_retry()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 2 } };
        var transport = new CannedTransport(new CannedResponse(503), new CannedResponse(503), new CannedResponse(503));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => Clients.Table(transport, options).GetEntityAsync<TableEntity>("p", "r"));

        Assert.Equal((503, 3), (refusal.Status, transport.Sent.Count));
    }

    [Fact]
    public async Task A_refusal_is_not_retried()
    {
        var transport = new CannedTransport(new CannedResponse(412));

        await Assert.ThrowsAsync<RequestFailedException>(
            () => Clients.Table(transport).UpdateEntityAsync(new TableEntity("p", "r"), ETag.All));

        Assert.Single(transport.Sent);
    }

    [Fact]
    public async Task A_page_that_breaks_off_is_asked_for_again()
    {
        var broken = new CannedResponse(200, new BreakingStream(Page[..20]));
        var transport = new CannedTransport(broken, new CannedResponse(200, Page));

        var rows = await Clients.Table(transport).QueryAsync<TableEntity>().ToListAsync();

        Assert.Equal("r", rows.Single().RowKey);
        Assert.Equal(2, transport.Sent.Count);
        Assert.True(broken.Disposed);
    }

    [Fact]
    public async Task A_page_that_keeps_breaking_off_fails_after_the_last_retry()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 1 } };
        var transport = new CannedTransport(
            new CannedResponse(200, new BreakingStream("{")), new CannedResponse(200, new BreakingStream("{")));

        await Assert.ThrowsAsync<IOException>(
            async () => await Clients.Table(transport, options).QueryAsync<TableEntity>().ToListAsync());

        Assert.Equal(2, transport.Sent.Count);
    }

    [Fact]
    public async Task The_body_of_each_page_is_closed()
    {
        var body = new BreakingStream(Page, breaks: false);
        var response = new CannedResponse(200, body);

        await Clients.Table(new CannedTransport(response)).QueryAsync<TableEntity>().ToListAsync();

        Assert.True(body.Closed);
        Assert.True(response.Disposed);
    }

    /// <summary>Answers 503 to the first try of every request.</summary>
    private sealed class BusyFirst : HttpPipelinePolicy
    {
        private readonly HashSet<string> _seen = [];

        public int Tries { get; private set; }

        public int Refused { get; private set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new InvalidOperationException("Nothing here is synchronous.");

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Tries++;
            if (!_seen.Add(message.Request.ClientRequestId))
                return ProcessNextAsync(message, pipeline);
            Refused++;
            message.Response = new CannedResponse(503);
            return ValueTask.CompletedTask;
        }
    }
}
