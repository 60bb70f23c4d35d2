using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Tests.SelfHost.Timers;
using CacheFunctions.Timers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.Tests.SelfHost;

public class CustomHandlerTests
{
    private const string Call = """
        {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-01-01T10:00:00Z","Next":"2026-01-01T11:00:00Z",
        "LastUpdated":"2026-01-01T10:00:00Z"},"IsPastDue":true}},"Metadata":{"sys":{"MethodName":"Tick","UtcNow":"2026-01-01T11:00:00Z","RandGuid":"x"}}}
        """;

    private readonly Ticks _ticks = new();

    [Fact]
    public async Task Handler_when_the_host_starts_it_then_listens_on_its_port_and_answers_at_the_root_without_keys()
    {
        var port = FreePort();
        await using var host = await StartAsync(port);

        Assert.Equal(port, host.Client.BaseAddress!.Port);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/")).StatusCode);
        Assert.Equal("keyed", await host.Client.GetStringAsync("/keyed"));
    }

    [Fact]
    public async Task Timer_when_the_host_calls_it_then_runs_and_the_answer_is_what_the_host_expects()
    {
        await using var host = await StartAsync(FreePort());

        using var response = await host.Client.PostAsync("/Tick", new StringContent(Call, null, "application/json"));

        Assert.Equal("""{"Outputs":{},"Logs":[],"ReturnValue":null}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var tick = Assert.Single(_ticks);
        Assert.True(tick.IsPastDue);
        Assert.Equal(new DateTime(2026, 1, 1, 11, 0, 0, DateTimeKind.Utc), tick.ScheduleStatus!.Next);
    }

    [Theory]
    [InlineData("""{"Data":{"timer":{"ScheduleStatus":null,"IsPastDue":false}}}""", HttpStatusCode.OK)]
    [InlineData("{}", HttpStatusCode.OK)]
    [InlineData("not json", HttpStatusCode.BadRequest)]
    public async Task Timer_when_the_call_holds_less_then_runs_or_is_refused(string body, HttpStatusCode expected)
    {
        await using var host = await StartAsync(FreePort());
        Assert.Equal(expected, (await host.Client.PostAsync("/tick", new StringContent(body, null, "application/json"))).StatusCode);
    }

    [Fact]
    public async Task Timer_when_it_fails_then_the_host_sees_a_failed_invocation()
    {
        _ticks.Fail = true;
        await using var host = await StartAsync(FreePort());

        using var response = await host.Client.PostAsync("/Tick", new StringContent(Call, null, "application/json"));
        Assert.Equal("internal", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task Timer_when_this_is_no_custom_handler_then_nobody_can_call_it()
    {
        await using var host = await TestHost.StartAsync(typeof(HandlerFunctions), new() { ["Missing"] = "0 0 0 1 1 *" }, services =>
            services.AddSingleton(_ticks).AddSingleton<ITimerState>(new MemoryTimerState()));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync("/Tick", new StringContent(Call))).StatusCode);
        Assert.Empty(_ticks);
    }

    [Fact]
    public async Task Port_when_it_is_no_number_then_the_start_fails_and_names_the_setting()
    {
        var refused = await Assert.ThrowsAsync<CacheException>(() =>
            TestHost.StartAsync(typeof(HandlerFunctions), new() { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "http" }));
        Assert.StartsWith("FUNCTIONS_CUSTOMHANDLER_PORT", refused.Message, StringComparison.Ordinal);
    }

    private Task<TestHost> StartAsync(int port) => TestHost.StartAsync(
        typeof(HandlerFunctions),
        new() { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture), ["Keys:Function:default"] = "k" },
        services => services.AddSingleton(_ticks),
        urls: "http://0.0.0.0:0");

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

#pragma warning disable CA1822 // Functions are instance methods.
    private sealed class HandlerFunctions(Ticks ticks)
    {
        [Function("Keyed")]
        public IResult Keyed([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "keyed")] HttpRequest request) => Results.Text("keyed");

        [Function("Tick")]
        public Task Tick([TimerTrigger("%Missing%")] TimerInfo timer)
        {
            ticks.Add(timer);
            return ticks.Fail ? throw new InvalidOperationException("a bug") : Task.CompletedTask;
        }
    }

    private sealed class Ticks : List<TimerInfo>
    {
        public bool Fail { get; set; }
    }
}
