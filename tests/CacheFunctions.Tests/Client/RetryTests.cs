using System.Net;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

public sealed class RetryTests
{
    private readonly ManualTime _time = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_get_that_is_throttled_is_sent_again_when_the_service_says_and_not_before(HttpStatusCode status)
    {
        var service = Failing(1, () => FakeService.Error(status, "throttled", retryAfter: 7));
        var getting = service.ToClient(_time).Service.GetHealthAsync();

        await _time.ArmedForAsync(Now + TimeSpan.FromSeconds(7));
        Assert.Single(service.Sent);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("alive", (await getting).Status);
        Assert.Equal(2, service.Sent.Count);
    }

    [Fact]
    public async Task A_pause_that_is_longer_than_the_callers_patience_is_told_at_once()
    {
        var service = Failing(9, () => FakeService.Error(HttpStatusCode.ServiceUnavailable, "unavailable", """{"tables": "gone"}""", retryAfter: 61));

        var error = await Assert.ThrowsAsync<CacheApiException>(() => service.ToClient(_time).Service.GetHealthAsync());
        Assert.Single(service.Sent);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "unavailable", "It is unavailable.", TimeSpan.FromSeconds(61), "r1", "gone"),
            (error.Status, error.Code, error.Message, error.RetryAfter, error.RequestId, error.Details["tables"].GetString()));
    }

    [Fact]
    public async Task Tries_are_bounded_and_the_last_answer_is_told()
    {
        var service = Failing(99, () => FakeService.Error(HttpStatusCode.ServiceUnavailable, "unavailable"));
        var getting = service.ToClient(_time, new CacheClientOptions { MaxTries = 3 }).Service.GetHealthAsync();

        await _time.UntilAsync(() => Task.FromResult(getting.IsCompleted), TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<CacheApiException>(() => getting);
        Assert.Equal(3, service.Sent.Count);
    }

    [Fact]
    public async Task A_post_comes_again_under_the_same_key_and_another_call_under_another()
    {
        var service = Failing(1, () => throw new HttpRequestException("The connection broke."));
        var client = service.ToClient(_time);
        for (var i = 0; i < 2; i++)
        {
            var posting = client.Directories.StartSchedulerAsync();
            await _time.UntilAsync(() => Task.FromResult(posting.IsCompleted), TimeSpan.FromSeconds(1));
            await posting;
        }

        var keys = service.Sent.Select(request => request.Header("Idempotency-Key")).ToList();
        Assert.Equal(3, keys.Count);
        Assert.NotNull(keys[0]);
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[1], keys[2]);
    }

    [Fact]
    public async Task A_body_is_sent_again_from_where_it_stood_and_stays_open()
    {
        var service = Failing(1, () => FakeService.Error(HttpStatusCode.ServiceUnavailable, "unavailable", retryAfter: 1));
        using var body = new MemoryStream("not this: content"u8.ToArray()) { Position = 10 };
        var writing = service.ToClient(_time).Directories.WriteFileAsync("a/b", body);

        await _time.UntilAsync(() => Task.FromResult(writing.IsCompleted), TimeSpan.FromSeconds(1));
        await writing;
        Assert.Equal(["content", "content"], service.Sent.Select(request => request.Body));
        Assert.True(body.CanRead);
    }

    [Fact]
    public async Task What_cannot_be_sent_again_or_could_be_refused_for_what_it_did_is_sent_once()
    {
        var service = Failing(99, () => throw new HttpRequestException("The connection broke."));
        var client = service.ToClient(_time);
        using var seekable = new MemoryStream([1]);
        await using var once = new Content.PatternStream(10);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Directories.WriteFileAsync("a/b", once));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Sessions.PatchAsync("s", 0, seekable));
        seekable.Position = 0;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Sessions.SaveAsync("s", seekable, new WriteConditions { IfMatch = "\"a\"" }));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Service.GetReadyAsync());
        Assert.Equal(4, service.Sent.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.Locked)]
    [InlineData(HttpStatusCode.BadGateway)]
    public async Task What_waiting_does_not_change_is_told_at_once(HttpStatusCode status)
    {
        var service = Failing(9, () => FakeService.Error(status, "no", retryAfter: 1));
        Assert.Equal(status, (await Assert.ThrowsAsync<CacheApiException>(() => service.ToClient(_time).Service.GetHealthAsync())).Status);
        Assert.Single(service.Sent);
    }

    [Fact]
    public async Task An_answer_of_a_proxy_is_an_error_that_says_what_it_can()
    {
        var service = new FakeService(_ => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>") });
        var error = await Assert.ThrowsAsync<CacheApiException>(() => service.ToClient(_time).Service.GetHealthAsync());
        Assert.Null(error.Code);
        Assert.Contains("502 Bad Gateway", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_and_token_go_in_headers_and_to_the_service_alone()
    {
        var service = Failing(0, () => throw new NotSupportedException());
        var client = service.ToClient(_time, new CacheClientOptions { Key = "secret", Token = _ => ValueTask.FromResult("jwt") });
        await client.Service.GetHealthAsync();
        await client.Files.SendToAsync(new UploadAddress(new Uri("http://storage/a?sig=1"), "PUT", new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" }, Now, null), Stream.Null);

        Assert.Equal(("secret", "Bearer jwt"), (service.Sent[0].Header("x-functions-key"), service.Sent[0].Header("Authorization")));
        Assert.Equal((null, null, "BlockBlob"), (service.Sent[1].Header("x-functions-key"), service.Sent[1].Header("Authorization"), service.Sent[1].Header("x-ms-blob-type")));
        Assert.All(service.Sent, request => Assert.DoesNotContain("secret", request.Address.AbsoluteUri, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../../api/locks")]
    [InlineData("a//b")]
    public async Task A_path_that_would_lead_to_another_call_is_refused_before_it_is_sent(string path)
    {
        var service = Failing(0, () => throw new NotSupportedException());
        var client = service.ToClient(_time);
        await Assert.ThrowsAsync<ArgumentException>(() => client.Directories.RemoveAsync(path));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Files.GetAsync(FileSpace.App("blog"), path));
        Assert.Empty(service.Sent);
    }

    [Fact]
    public async Task A_name_of_any_characters_stays_one_step_of_the_path()
    {
        var service = Failing(0, () => throw new NotSupportedException());
        await service.ToClient(_time).CachedFiles.GetAsync("a/b?c#d e%2f+ü");
        Assert.Equal("/api/cached/files/a%2Fb%3Fc%23d%20e%252f%2B%C3%BC", service.Sent[0].Address.PathAndQuery);
    }

    private static FakeService Failing(int times, Func<HttpResponseMessage> failure) => new(_ =>
        Interlocked.Decrement(ref times) >= 0 ? failure() : FakeService.Data("""{"status": "alive", "state": "running", "a_field_of_tomorrow": 1}"""));
}
