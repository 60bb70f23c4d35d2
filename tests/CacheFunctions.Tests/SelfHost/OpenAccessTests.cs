using System.Net;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.SelfHost;

public class OpenAccessTests
{
    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    public async Task Host_when_on_loopback_without_keys_then_everything_is_open_and_it_says_so_once(string urls)
    {
        await using var host = await TestHost.StartAsync(typeof(TestFunctions), [], urls: urls);

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/keyed")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/adminonly")).StatusCode);
        Assert.Single(host.Log.Lines, line => line.Contains("everything is open", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:8080", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:8080", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    public async Task Host_without_keys_when_called_by_another_name_then_refuses(string name, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(TestFunctions), [], urls: "http://127.0.0.1:0");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keyed");
        request.Headers.Host = name;
        Assert.Equal(expected, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://*:0")]
    public async Task Host_when_others_can_reach_it_without_keys_then_refuses_to_start(string urls)
    {
        var refused = await Assert.ThrowsAsync<CacheException>(() => TestHost.StartAsync(typeof(TestFunctions), [], urls: urls));
        Assert.Contains("Keys:Function:default", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://0.0.0.0:0")]
    public async Task Host_when_keys_are_configured_then_checks_them_everywhere(string urls)
    {
        await using var host = await TestHost.StartAsync(
            typeof(TestFunctions), new() { ["Keys:Function:default"] = "k", ["Keys:Master"] = "m" }, urls: urls);
        var address = $"http://127.0.0.1:{host.Client.BaseAddress!.Port}";

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync(address + "/keyed")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(address + "/keyed?code=k")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync(address + "/adminonly?code=k")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(address + "/write")).StatusCode);
    }
}
