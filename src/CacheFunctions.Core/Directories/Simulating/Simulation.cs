using System.Text.Json;
using CacheFunctions.Eviction.Replay;
using CacheFunctions.Jobs;

namespace CacheFunctions.Directories.Simulating;

/// <summary>Replays the recorded accesses of the last days under other policies and quotas, as a job. Safe to repeat: it changes nothing.</summary>
internal sealed class Simulation
{
    private const string Kind = "directory_simulation";

    // In memory, and for each policy, at the most; of more a smaller share is replayed.
    private const int MaxRecords = 1_000_000;
    private const long MaxAccesses = 5_000_000;

    private readonly AccessTrace _trace;
    private readonly TimeProvider _time;
    private readonly JobRunner _jobs;

    public Simulation(AccessTrace trace, TimeProvider time, JobRunner jobs)
    {
        (_trace, _time, _jobs) = (trace, time, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <returns>The job, with a <see cref="SimulationReport"/> as its result; running: it goes on.</returns>
    public Task<Job> StartAsync(SimulationOrder order, string? userId, string? requestKey, CancellationToken cancellation) =>
        _jobs.RunAsync<SimulationReport>(Kind, requestKey, userId, JsonSerializer.Serialize(order, JsonSerializerOptions.Web), cancellation);

    private async Task<SimulationReport> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var order = JsonSerializer.Deserialize<SimulationOrder>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        // With what this instance has not written yet; what others have is at most a minute.
        await _trace.SendAsync();
        var (trace, rate, totals) = await ReadAsync(_time.GetUtcNow() - TimeSpan.FromDays(order.Days), cancellation);
        var results = new List<SimulatedPolicy>();
        foreach (var policy in order.Policies)
        {
            cancellation.ThrowIfCancellationRequested();
            // Beside the requests of this instance.
            var result = await Task.Run(() => TraceReplay.Run(policy, order.MaxBytes, Expand(trace), new SpatialSample(rate), totals), cancellation);
            results.Add(new SimulatedPolicy(policy, order.MaxBytes, Math.Round(result.HitRatio, 4), Math.Round(result.ByteHitRatio, 4), result.Evictions));
        }

        var report = new SimulationReport(order.Days, Math.Round(new SpatialSample(rate).Rate, 6), totals.Accesses, results);
        run.Result = report.Write();
        return report;
    }

    /// <summary>In the order of time. All that is replayed was recorded at the same rate, the lowest of any window.</summary>
    private async Task<(List<SampledAccess> Trace, double Rate, TraceTotals Totals)> ReadAsync(DateTimeOffset from, CancellationToken cancellation)
    {
        var (trace, rate, totals, accesses) = (new List<SampledAccess>(), 1.0, new TraceTotals(0, 0), 0L);
        await foreach (var window in _trace.Rows.SinceAsync(from, cancellation))
        {
            totals = new TraceTotals(totals.Accesses + window.Accesses, totals.Bytes + window.Bytes);
            if (window.Rate < rate) Lower(window.Rate);
            var sample = new SpatialSample(rate);
            foreach (var access in window.Sampled.Where(access => sample.Keeps(access.Key)))
            {
                trace.Add(access);
                accesses += access.Count;
            }

            while (trace.Count > 1 && (trace.Count > MaxRecords || accesses > MaxAccesses)) Lower(rate / 2);
        }

        // What was gone when it was asked for is as large as it was when it was there.
        var sizes = trace.Where(access => access.SizeBytes > 0).GroupBy(access => access.Key).ToDictionary(all => all.Key, all => all.Last().SizeBytes);
        return ([.. trace.OrderBy(access => access.LastAt).Select(access => access.SizeBytes > 0 ? access : access with { SizeBytes = sizes.GetValueOrDefault(access.Key, 1) })], rate, totals);

        void Lower(double to)
        {
            rate = to;
            var sample = new SpatialSample(rate);
            trace.RemoveAll(access => !sample.Keeps(access.Key));
            accesses = trace.Sum(access => (long)access.Count);
        }
    }

    private static IEnumerable<TraceAccess> Expand(List<SampledAccess> trace)
    {
        foreach (var access in trace)
        {
            var each = access.ReadBytes / access.Count;
            for (var i = 0; i < access.Count; i++)
                yield return new TraceAccess(access.Key, access.SizeBytes) { ReadBytes = i == 0 ? access.ReadBytes - each * (access.Count - 1) : each };
        }
    }
}

/// <summary>What is to be simulated.</summary>
/// <param name="Days">From 1 to 14.</param>
/// <param name="Policies">Names of <see cref="TraceReplay.PolicyNames"/>.</param>
/// <param name="MaxBytes">The quota.</param>
public sealed record SimulationOrder(int Days, IReadOnlyList<string> Policies, long MaxBytes);
