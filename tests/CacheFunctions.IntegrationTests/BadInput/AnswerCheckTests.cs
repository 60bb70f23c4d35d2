using System.Text;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The matrix would notice: its judge, on answers that no service should give.</summary>
public sealed class AnswerCheckTests
{
    private const string Envelope = """{"success": false, "error": "limit: is wrong.", "code": "invalid_argument", "timestamp": "2026-01-31T09:05:00Z"}""";
    private const string Right = "400 Bad Request\r\nx-request-id: 1\r\n\r\n" + Envelope;

    private static readonly AnswerCheck Check = new(["/tmp/secret-place"]);

    [Theory]
    [InlineData(Right, "")]
    [InlineData("200 OK\r\nx-request-id: 1\r\n\r\n{}", "certainly wrong was accepted")]
    [InlineData("302 Found\r\nx-request-id: 1\r\n\r\n", "status is 302")]
    [InlineData("500 Internal Server Error\r\nx-request-id: 1\r\n\r\n{\"success\": false, \"error\": \"a bug\", \"code\": \"internal\", \"timestamp\": \"\"}", "status is 500")]
    [InlineData("503 Service Unavailable\r\nx-request-id: 1\r\n\r\n{\"success\": false, \"error\": \"gone\", \"code\": \"unavailable\", \"timestamp\": \"\"}", "status is 503")]
    [InlineData("400 Bad Request\r\n\r\n" + Envelope, "lacks x-request-id")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n", "not the envelope")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n<html>no</html>", "not the envelope")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n[]", "not the envelope")]
    [InlineData("404 Not Found\r\nx-request-id: 1\r\n\r\n" + Envelope, "does not fit its status")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\nX-Injected: 1\r\n\r\n" + Envelope, "added a header")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n{\"success\": true, \"error\": \"limit\", \"code\": \"invalid_argument\", \"timestamp\": \"\"}", "success is not false")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n{\"success\": false, \"error\": \"\", \"code\": \"invalid_argument\", \"timestamp\": \"\"}", "says no error")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n{\"success\": false, \"error\": \"It is wrong.\", \"code\": \"invalid_argument\", \"timestamp\": \"\"}", "does not name limit")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\n{\"success\": false, \"error\": \"limit\", \"code\": \"invalid_argument\"}", "no timestamp")]
    [InlineData("404 Not Found\r\nx-request-id: 1\r\n\r\nCould not find /tmp/secret-place/a.txt", "tells a secret")]
    [InlineData("200 OK\r\nx-request-id: 1\r\n\r\n   at CacheFunctions.Http.Api.RunAsync()", "stack trace")]
    [InlineData("400 Bad Request\r\nx-request-id: 1\r\n\r\nSystem.FormatException", "names an exception")]
    [InlineData("", "there is no answer")]
    public void An_answer_is_judged(string answer, string problem) => AssertJudged(answer, Refusal.ByService, problem);

    [Theory]
    [InlineData(Refusal.ByServer, "400 Bad Request\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData(Refusal.HangUp, "", "")]
    [InlineData(Refusal.ByServer, "", "there is no answer")]
    [InlineData(Refusal.ByServer, "500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "status is 500")]
    [InlineData(Refusal.ByServer, "400 Bad Request\r\nx-request-id: 1\r\n\r\n", "not the envelope")]
    [InlineData(Refusal.ByService, "400 Bad Request\r\nContent-Length: 0\r\n\r\n", "lacks x-request-id")]
    internal void The_server_may_refuse_what_is_no_HTTP_in_its_own_way(Refusal refusal, string answer, string problem) =>
        AssertJudged(answer, refusal, problem);

    [Fact]
    public void What_was_sent_may_come_back()
    {
        var hazard = new Hazard("a path", _ => { }, IsWrong: false);
        var answer = Read("200 OK\r\nx-request-id: 1\r\n\r\n/tmp/secret-place");
        Assert.Empty(Check.Problems(answer, "GET", hazard, null, "GET /?user_id=/tmp/secret-place"));
    }

    [Fact]
    public void A_changed_state_is_told_by_what_came_and_what_went()
    {
        var before = new HashSet<string> { "file a 1", "row s 1" };
        Assert.Empty(State.Difference(before, new HashSet<string> { "row s 1", "file a 1" }));
        Assert.Equal(["- file a 1", "+ file a 2", "+ blob b"], State.Difference(before, new HashSet<string> { "row s 1", "file a 2", "blob b" }));
    }

    [Fact]
    public void A_chunked_answer_is_put_together() =>
        Assert.Equal("abcde", Answer.Read(Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))!.Body);

    [Fact]
    public void A_name_without_a_right_value_is_told_with_the_table_to_extend()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Samples.Of("colour", "GET /api/paints"));
        Assert.Contains("GET /api/paints takes 'colour'", error.Message, StringComparison.Ordinal);
        Assert.Contains("BadInput/Samples.cs", error.Message, StringComparison.Ordinal);
    }

    private static Answer? Read(string answer) => answer.Length == 0 ? null : Answer.Read(Encoding.Latin1.GetBytes("HTTP/1.1 " + answer));

    private static void AssertJudged(string answer, Refusal refusal, string problem)
    {
        var problems = Check.Problems(Read(answer), "GET", new Hazard("a hazard", _ => { }, IsWrong: true, refusal), "limit", "GET /").ToList();
        if (problem.Length == 0) Assert.Empty(problems);
        else Assert.Contains(problems, each => each.Contains(problem, StringComparison.Ordinal));
    }
}
