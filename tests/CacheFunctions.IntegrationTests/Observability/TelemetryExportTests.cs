using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Tests.Observability;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Observability;

/// <summary>The service as a process of its own, which sends what it tells of itself by OTLP.</summary>
public sealed partial class TelemetryExportTests
{
    private const string Key = "a-function-key-that-nobody-must-see";
    private const string ParentSpan = "00f067aa0ba902b7";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_request_with_a_traceparent_is_a_span_of_that_trace_with_its_storage_calls_beneath_it_and_a_stop_sends_the_rest()
    {
        using var origin = new TempDirectory();
        await File.WriteAllTextAsync(origin.Combine("a.txt"), "one");
        await using var receiver = await OtlpReceiver.StartAsync();
        var storage = await StorageEmulator.NewAccountAsync();
        await using var service = await ServiceProcess.StartAsync([.. SettingsFor(storage, origin.Path), .. Settings(receiver.Address)]);
        await LoadedAsync(service);
        service.Http.DefaultRequestHeaders.Add("x-functions-key", Key);

        using var opened = await service.Http.PostAsync("/api/sessions", Json("""{"user_id": 1, "file_path": "a.txt"}"""));
        var session = $"/api/sessions/{(await DataAsync(opened)).GetProperty("session_id").GetString()}";
        var saved = await TracedAsync(service, HttpMethod.Put, session + "/content", new StringContent("two"));
        var read = await TracedAsync(service, HttpMethod.Get, session + "/content");
        var missing = await TracedAsync(service, HttpMethod.Get, "/api/no-such-thing?code=not-for-telemetry");
        await TracedAsync(service, HttpMethod.Put, "/api/files/blog/app/a.txt?encrypt=false", new StringContent("signed"));
        using var asked = await service.Http.PostAsync("/api/files/download-url", Json("""{"domain": "blog", "level": "app", "filename": "a.txt"}"""));
        var signed = new Uri((await DataAsync(asked)).GetProperty("url").GetString()!);
        Assert.Equal("signed", await service.Http.GetStringAsync(signed));
        // The last one, so soon before the end that nothing but the stop can have sent it.
        var last = await TracedAsync(service, HttpMethod.Get, session + "/content");
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync(Patience));

        Assert.Equal("told-by-the-test", receiver.Resource["service.name"]);
        Assert.Equal("tests", receiver.Resource["deployment.environment.name"]);
        foreach (var (trace, name, status) in new[]
        {
            (saved, "PUT /api/sessions/{session_id}/content", "200"), (read, "GET /api/sessions/{session_id}/content", "200"),
            (missing, "GET", "404"), (last, "GET /api/sessions/{session_id}/content", "200"),
        })
        {
            var spans = receiver.Spans.Where(span => span.TraceId == trace).ToList();
            var server = Assert.Single(spans, span => span.Kind == 2);
            Assert.Equal((ParentSpan, name, status), (server.ParentId, server.Name, server.Attributes["http.response.status_code"]));
            Assert.DoesNotContain("url.query", server.Attributes.Keys);
            var calls = spans.Where(span => span.Kind == 3).ToList();
            Assert.All(calls, call => Assert.Equal(server.SpanId, call.ParentId));
            if (trace != missing) Assert.Equal(LoggedCalls(service.Output, trace), Told(calls));
        }

        Assert.Equal("BlobWrite 1, TableRead 1, TableWrite 1", string.Join(", ", Told(receiver.Spans.Where(span => span.TraceId == saved && span.Kind == 3))));
        // The scope of the log's lines.
        Assert.Contains($"TraceId:{saved}", service.Output, StringComparison.Ordinal);
        CheckMetrics([.. receiver.Points]);
        var secrets = new[] { Key, "not-for-telemetry", signed.Query.Split('=').Last(), "sig=", "AccountKey", Secret(storage) };
        foreach (var secret in secrets) Assert.False(receiver.Holds(secret), $"What was sent holds {secret}.");
    }

    [Fact]
    public async Task A_receiver_that_is_down_costs_no_request_and_no_stop()
    {
        using var origin = new TempDirectory();
        var closed = await OtlpReceiver.StartAsync();
        var nobody = closed.Address;
        await closed.DisposeAsync();
        await using var service = await ServiceProcess.StartAsync(
            [.. SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path), .. Settings(nobody), "--OTEL_METRIC_EXPORT_INTERVAL", "100", "--OTEL_BSP_SCHEDULE_DELAY", "50"]);
        await LoadedAsync(service);
        service.Http.DefaultRequestHeaders.Add("x-functions-key", Key);
        for (var i = 0; i < 50; i++)
        {
            var address = $"/cache/content/d/{i}";
            Assert.True((await service.Http.PutAsync(address, new StringContent($"{i}"))).IsSuccessStatusCode);
            Assert.Equal($"{i}", await service.Http.GetStringAsync(address));
        }

        service.Terminate();
        Assert.Equal(0, await service.ExitAsync(Patience));
        Assert.DoesNotMatch("fail:|crit:", service.Output);
    }

    private static string[] Settings(Uri receiver) =>
    [
        "--OTEL_EXPORTER_OTLP_ENDPOINT", receiver.ToString(), "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
        "--OTEL_SERVICE_NAME", "told-by-the-test", "--OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=tests",
        "--Keys:Function:default", Key, "--Logging:Console:FormatterName", "simple", "--Logging:Console:FormatterOptions:IncludeScopes", "true",
    ];

    /// <summary>It begins to tell after its first answer.</summary>
    private static async Task LoadedAsync(ServiceProcess service)
    {
        await service.Http.GetAsync("/api/health");
        using var waited = new CancellationTokenSource(Patience);
        while (!service.Output.Contains("are sent by OTLP", StringComparison.Ordinal)) await Task.Delay(TimeSpan.FromMilliseconds(20), waited.Token);
    }

    /// <returns>The trace's id, which the answer names.</returns>
    private static async Task<string> TracedAsync(ServiceProcess service, HttpMethod method, string address, HttpContent? content = null)
    {
        var trace = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Add("traceparent", $"00-{trace}-{ParentSpan}-01");
        using var answer = await service.Http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(trace, answer.Headers.GetValues("x-request-id").Single());
        return trace;
    }

    private static IEnumerable<string> LoggedCalls(string log, string trace) =>
        Regex.Match(log, $"request {trace}, storage: (.*)").Groups[1].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

    /// <summary>As the log has it: by kind, how many.</summary>
    private static IEnumerable<string> Told(IEnumerable<ReceivedSpan> calls) => calls
        .GroupBy(call => FirstLetters().Replace($"{call.Attributes["cachefunctions.storage.kind"]} {call.Attributes["cachefunctions.storage.operation"]}", match => match.Groups[1].Value.ToUpperInvariant()))
        .Select(kind => $"{kind.Key} {kind.Count()}").Order(StringComparer.Ordinal);

    private static void CheckMetrics(IReadOnlyList<ReceivedPoint> points)
    {
        var own = points.Where(point => point.Scope == "CacheFunctions").ToList();
        foreach (var point in own) Assert.Empty(point.Attributes.Keys.Except(MetricsTable.Attributes[point.Metric]));
        var writes = own.Where(point => point.Metric == "cachefunctions.storage.operations" && point.Attributes["cachefunctions.storage.operation"] == "write").ToList();
        Assert.True(writes.Where(point => point.Attributes["cachefunctions.storage.kind"] == "blob").Sum(point => point.Value) >= 3);
        Assert.Contains(own, point => point.Metric == "cachefunctions.content.bytes" && point.Value > 0);
        Assert.Contains(own, point => point.Metric == "cachefunctions.cache.hits" && point.Value > 0);
        var saves = points.Single(point => point.Metric == "http.server.request.duration"
            && point.Attributes.GetValueOrDefault("http.route") == "/api/sessions/{session_id}/content" && point.Attributes["http.request.method"] == "PUT");
        Assert.Equal((1, "s"), (saves.Value, saves.Unit));
    }

    private static string Secret(string connection) => Regex.Match(connection, "AccountKey=([^;]+)").Groups[1].Value;

    [GeneratedRegex(@"(?:^| )(\w)")]
    private static partial Regex FirstLetters();
}
