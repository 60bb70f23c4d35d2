using CacheFunctions.SelfHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CacheFunctions.Tests.SelfHost;

public sealed class ProbeTests : IDisposable
{
    private readonly StringWriter _errors = new();

    public void Dispose() => _errors.Dispose();

    [Theory]
    [InlineData(200, 0, "")]
    [InlineData(503, 1, "answered 503.")]
    public async Task It_tells_by_its_exit_code_whether_the_service_is_well(int status, int expected, string reason)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await app.StartAsync();

        Assert.Equal(expected, await Probe.RunAsync($"{app.Urls.First()}/api/health", _errors));
        Assert.Contains(reason, _errors.ToString());
    }

    [Fact]
    public async Task It_says_that_nobody_listens()
    {
        Assert.Equal(1, await Probe.RunAsync("http://127.0.0.1:1/api/health", _errors));
        Assert.Contains("did not answer", _errors.ToString());
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("/api/health")]
    public async Task It_says_what_an_address_must_be_like(string address)
    {
        Assert.Equal(1, await Probe.RunAsync(address, _errors));
        Assert.Contains("must be like http://localhost:8080/api/health", _errors.ToString());
    }
}
