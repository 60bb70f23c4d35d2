using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Events.Relay;
using CacheFunctions.Http;
using CacheFunctions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Service;

/// <summary>Whether the service is alive, and whether it can work. Open to all: monitors hold no keys.</summary>
public sealed class HealthFunctions(Api api, IRecordStore records, IContentStore contents, EventRelay relay)
{
    private static readonly string Version = typeof(HealthFunctions).Assembly.GetName().Version!.ToString(3);

    [Function(nameof(Health))]
    [Answers("Whether the service is alive", Ok = typeof(HealthAnswer), IsProbe = true)]
    public IResult Health(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) =>
        api.Run(request, call => ValueTask.FromResult(call.Ok(new HealthAnswer("alive", Version))));

    /// <summary>
    /// One point read and one blob read; 503 with what does not answer. A topic that takes no events is told, and no more: to take the instance
    /// out would help nobody, since what is not published is kept.
    /// </summary>
    [Function(nameof(Ready))]
    [Answers("Whether its storage answers", Ok = typeof(ReadyAnswer), IsProbe = true)]
    public IResult Ready(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/ready")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var tables = ProbeAsync(() => records.GetAsync("control", "ready", "probe", call.Cancelled));
            var blobs = ProbeAsync(async () =>
            {
                if (await contents.OpenReadAsync("system", "probe", 0, null, call.Cancelled) is { } content) await content.DisposeAsync();
            });
            var checks = new Dictionary<string, object?> { ["tables"] = await tables, ["blobs"] = await blobs };
            if (checks.Values.Any(state => state is not "ok"))
                throw new CacheException(ErrorCode.Unavailable, "Storage does not answer; see details.", checks) { RetryAfter = TimeSpan.FromSeconds(5) };
            if (relay.IsOn) checks["events"] = relay.Failure is { } failure ? $"{failure.Problem} So it is since {failure.Since:yyyy-MM-ddTHH:mm:ssZ}." : "ok";
            return call.Ok(new ReadyAnswer(relay.Failure is null ? "ready" : "degraded", checks));
        });

    private static async Task<string> ProbeAsync(Func<Task> probe)
    {
        try
        {
            await probe();
            return "ok";
        }
        catch (CacheException error)
        {
            return error.Message;
        }
    }
}

internal sealed record HealthAnswer(string Status, string Version);

/// <param name="Status">ready; or degraded: it works, but what a check tells does not.</param>
internal sealed record ReadyAnswer(string Status, IReadOnlyDictionary<string, object?> Checks);
