using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.IntegrationTests.Events;

/// <summary>Stands for an Event Grid topic: takes batches of CloudEvents, if they are as the service demands.</summary>
internal sealed class LocalTopic : IAsyncDisposable
{
    // As Event Grid.
    private const int MaxBytes = 1_000_000;
    private const string Key = "a-key-for-tests";

    private readonly WebApplication _app;
    private TaskCompletionSource? _awaited;

    private LocalTopic(WebApplication app) => _app = app;

    /// <summary>In the order in which they came, again and again those that came again.</summary>
    public ConcurrentQueue<JsonElement> Received { get; } = new();

    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Whether it answers errors.</summary>
    public bool IsDown { get; set; }

    public int Refused { get; private set; }

    public string[] Settings => ["--Events:TopicEndpoint", $"{_app.Urls.First()}/api/events", "--Events:TopicKey", Key];

    public static async Task<LocalTopic> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var topic = new LocalTopic(builder.Build());
        topic._app.Run(topic.TakeAsync);
        await topic._app.StartAsync();
        return topic;
    }

    /// <summary>Done when the next batch was taken; whoever sent it gets no answer.</summary>
    public Task TakeNextInSilenceAsync()
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, awaited);
        return awaited.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public IEnumerable<string> Types => Received.Select(told => told.GetProperty("type").GetString()!);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        if (IsDown)
        {
            Refused++;
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var (request, events) = (context.Request, JsonElement.Parse(body.ToArray()));
        if (request.Method != "POST" || request.Path != "/api/events" || request.Headers["aeg-sas-key"] != Key
            || request.ContentType?.StartsWith("application/cloudevents-batch+json", StringComparison.Ordinal) != true || body.Length > MaxBytes)
            Wrong.Enqueue($"{request.Method} {request.Path} {request.ContentType} {body.Length} bytes");
        foreach (var told in events.EnumerateArray())
        {
            if (told.GetProperty("specversion").GetString() != "1.0" || told.GetProperty("id").GetString() is not { Length: > 0 }) Wrong.Enqueue(told.GetRawText());
            Received.Enqueue(told);
        }

        if (Interlocked.Exchange(ref _awaited, null) is not { } awaited) return;
        awaited.SetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
