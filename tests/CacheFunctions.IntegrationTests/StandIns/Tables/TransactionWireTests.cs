using Azure.Data.Tables;
using static Azure.Data.Tables.TableTransactionActionType;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class TransactionWireTests
{
    private const string ChangeSetAnswer =
        "--outer\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n" +
        "--inner\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nETag: W/\"1\"\r\n\r\n\r\n" +
        "--inner--\r\n--outer--\r\n";

    [Fact]
    public async Task A_retry_sends_the_same_bytes_under_a_signature_of_its_own()
    {
        var transport = new CannedTransport(new CannedResponse(503), Answer(ChangeSetAnswer, "outer"));

        var answer = await Clients.Table(transport).SubmitTransactionAsync([new(Add, new TableEntity("p", "r"))]);

        Assert.Equal("W/\"1\"", answer.Value.Single().Headers.ETag.ToString());
        Assert.Equal(2, transport.Sent.Count);
        Assert.NotEmpty(transport.Sent[0].Body);
        Assert.Equal(transport.Sent[0].Body, transport.Sent[1].Body);
        Assert.All(transport.Sent, sent => Assert.StartsWith("SharedKeyLite account:", sent.Headers["Authorization"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_conditional_actions_carry_a_condition()
    {
        var transport = new CannedTransport(Answer(ChangeSetAnswer.Replace("--inner--", "", StringComparison.Ordinal), "outer"));
        var row = new TableEntity("p", "r");

        await Assert.ThrowsAsync<FormatException>(() => Clients.Table(transport).SubmitTransactionAsync(
        [
            new(Add, row, new("W/\"ignored\"")),
            new(UpsertMerge, row, new("W/\"ignored\"")),
            new(UpdateMerge, row, new("W/\"2\"")),
            new(Delete, row),
        ]));

        var body = transport.Sent.Single().Body;
        Assert.Equal(["If-Match: W/\"2\"", "If-Match: *"], body.Split("\r\n").Where(line => line.StartsWith("If-Match", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--outer\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204")]
    [InlineData("--outer\r\nContent-Type: application/http\r\n\r\nnothing\r\n\r\n--outer--")]
    [InlineData("--outer--")]
    public async Task A_malformed_answer_is_not_taken_for_success(string body)
    {
        var table = Clients.Table(new CannedTransport(Answer(body, "outer")));

        await Assert.ThrowsAsync<FormatException>(() => table.SubmitTransactionAsync([new(Add, new TableEntity("p", "r"))]));
    }

    [Fact]
    public async Task A_refusal_outside_a_change_set_is_understood()
    {
        const string Body =
            "--outer\nContent-Type: application/http\n\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n" +
            "{\"odata.error\":{\"code\":\"InvalidInput\",\"message\":{\"lang\":\"en-US\",\"value\":\"99:One of the request inputs is not valid.\"}}}\n" +
            "--outer--\n";
        var table = Clients.Table(new CannedTransport(Answer(Body, "\"outer\"")));

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync([new(Add, new TableEntity("p", "r"))]));

        Assert.Equal((400, "InvalidInput", 99), (refusal.Status, refusal.ErrorCode, refusal.FailedTransactionActionIndex));
    }

    private static CannedResponse Answer(string body, string boundary) =>
        new(202, body, ("Content-Type", $"multipart/mixed; boundary={boundary}"));
}
