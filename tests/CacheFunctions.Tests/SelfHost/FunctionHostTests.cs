using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CacheFunctions.Tests.SelfHost;

public sealed class FunctionHostTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(typeof(TestFunctions), new() { ["Greeting"] = "hello" });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("a/b%20c", "a/b c")]
    [InlineData("", "(nothing)")]
    public async Task Function_when_called_then_gets_its_arguments_and_its_result_is_answered(string rest, string bound) => Assert.Equal(
        $"GET 7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11 -7 9000000000 {bound} hello True",
        await _host.Client.GetStringAsync("/echo/7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11/-7/9000000000/" + rest));

    [Fact]
    public async Task Function_when_it_writes_the_response_itself_then_that_is_the_answer() =>
        Assert.Equal("written", await _host.Client.GetStringAsync("/write"));

    [Theory]
    [InlineData("/echo/../write")]
    [InlineData("/echo/%2e%2E/write")]
    [InlineData("/%2e/write")]
    [InlineData("/./write?a=b")]
    public async Task Path_when_it_has_dot_segments_then_is_refused_before_it_is_resolved(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Client.BaseAddress!.Host, _host.Client.BaseAddress.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("segments", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_when_nothing_answers_it_then_is_404_in_the_envelope() =>
        await AssertErrorAsync(await _host.Client.GetAsync("/nothing"), HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task Verb_when_not_listed_then_is_405_and_says_which_are()
    {
        var response = await _host.Client.DeleteAsync("/write");

        await AssertErrorAsync(response, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Head_when_listed_then_is_answered_without_a_body()
    {
        var response = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/write"));
        Assert.Equal((HttpStatusCode.OK, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Function_when_it_says_no_then_the_envelope_carries_code_and_details_and_not_the_body_s_headers()
    {
        var response = await _host.Client.GetAsync("/locked");

        var body = await AssertErrorAsync(response, HttpStatusCode.Locked, "locked");
        Assert.Equal("ann", body.GetProperty("details").GetProperty("holder").GetString());
        Assert.Null(response.Headers.ETag);
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("x-kept")));
    }

    [Fact]
    public async Task Function_when_it_has_a_bug_then_the_detail_is_in_the_log_alone()
    {
        var body = await AssertErrorAsync(await _host.Client.GetAsync("/bug"), HttpStatusCode.InternalServerError, "internal");

        Assert.DoesNotContain("secret", body.ToString(), StringComparison.Ordinal);
        Assert.Contains(_host.Log.Lines, line => line.StartsWith("Error: Request ", StringComparison.Ordinal)
            && line.Contains("a secret detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Function_when_it_fails_in_mid_response_then_the_connection_breaks() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => _host.Client.GetStringAsync("/midbug"));

    [Fact]
    public async Task Caller_when_it_goes_away_then_the_function_is_cancelled_and_nothing_is_said()
    {
        using (await _host.Client.GetAsync("/wait", HttpCompletionOption.ResponseHeadersRead)) _host.Client.CancelPendingRequests();

        await _host.Gone.Noticed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(_host.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning: Function", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_when_larger_than_the_server_takes_then_is_413_in_the_envelope() => await AssertErrorAsync(
        await _host.Client.PostAsync("/read", new ByteArrayContent(new byte[2000])), HttpStatusCode.RequestEntityTooLarge, "too_large");

    [Fact]
    public async Task Route_value_when_it_does_not_fit_its_type_then_is_400_and_names_it()
    {
        var body = await AssertErrorAsync(await _host.Client.GetAsync("/number/x"), HttpStatusCode.BadRequest, "invalid_argument");
        Assert.True(body.GetProperty("details").TryGetProperty("n", out _));
    }

    private static async Task<JsonElement> AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(body.GetProperty("success").GetBoolean());
        Assert.Equal(code, body.GetProperty("code").GetString());
        return body;
    }
}
