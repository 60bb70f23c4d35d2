using CacheFunctions.Directories.Simulating;
using CacheFunctions.Errors;
using CacheFunctions.Eviction.Replay;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Directories;

/// <summary>What the directory cache would do under other policies, over HTTP.</summary>
public sealed class SimulationFunctions(Api api, DirectoriesService directories)
{
    [Function(nameof(SimulateDirectories))]
    [Answers(
        "What other policies or quotas would have done",
        Ok = typeof(SimulationReport), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(SimulationRequest), BodyIsOptional = true)]
    public IResult SimulateDirectories(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/simulate")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var (days, policies, maxBytes) = await call.ReadJsonAsync((SimulationRequest body) => body.Checked());
            var job = await directories.SimulateAsync(call.Caller, days, policies, maxBytes, call.RequestKey, call.Cancelled);
            return job.State == JobState.Running
                ? call.Accepted(job.Id, new JobStartedAnswer(job.Id), "The simulation goes on as a job.")
                : call.Ok(SimulationReport.Read(job.Result!));
        });
}

/// <summary>The body of POST /cache/simulate; none at all is fine.</summary>
internal sealed record SimulationRequest
{
    private const int DefaultDays = 7;
    private const long MinBytes = 1L << 20;
    private const long MaxMaxBytes = 1L << 50;

    public int? Days { get; init; }

    /// <summary>null: all.</summary>
    public List<string?>? Policies { get; init; }

    /// <summary>null: the quota as it is.</summary>
    public long? MaxBytes { get; init; }

    public (int Days, IReadOnlyList<string> Policies, long? MaxBytes) Checked()
    {
        var maxDays = (int)AccessTrace.Kept.TotalDays;
        if (Days < 1 || Days > maxDays) throw CacheException.Invalid("days", $"must be from 1 to {maxDays}: accesses are kept so long.");
        if (MaxBytes is < MinBytes or > MaxMaxBytes) throw CacheException.Invalid("max_bytes", $"must be from {MinBytes} to {MaxMaxBytes}.");
        if (Policies is { Count: 0 } || Policies?.Exists(policy => policy is null || !TraceReplay.PolicyNames.Contains(policy)) == true)
            throw CacheException.Invalid("policies", $"must name some of {string.Join(", ", TraceReplay.PolicyNames)}; left out, all.");
        return (Days ?? DefaultDays, Policies is null ? [.. TraceReplay.PolicyNames] : [.. Policies.Select(policy => policy!).Distinct()], MaxBytes);
    }
}
