using System.Text.Json;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue.Upkeep;

/// <summary>
/// Passes over the whole catalogue, as jobs: in sixteen slices, a few at once, each of which may be repeated. Who goes on with
/// one begins at the last slices that a heartbeat told of.
/// </summary>
internal sealed class CatalogueUpkeep
{
    private const string Kind = "cache_upkeep";
    private const int SlicesAtOnce = 4;

    private readonly CatalogueStore _store;
    private readonly SliceUpkeep _slices;
    private readonly JobRunner _jobs;

    public CatalogueUpkeep(CatalogueStore store, Removal removal, Linking linking, JobRunner jobs)
    {
        (_store, _slices, _jobs) = (store, new SliceUpkeep(store, removal, linking), jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <param name="name">What the log calls it, as cache_verified.</param>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <returns>The job; running: it goes on.</returns>
    public Task<Job> StartAsync(
        string name, UpkeepTasks tasks, Trigger trigger, string? requestKey, CancellationToken cancellation) =>
        _jobs.RunAsync<UpkeepReport>(
            Kind,
            requestKey,
            trigger.UserId,
            JsonSerializer.Serialize(new Arguments(name, tasks, trigger), JsonSerializerOptions.Web),
            cancellation);

    private async Task<UpkeepReport> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var (name, tasks, trigger) = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var report = UpkeepReport.Read(run.Result);
        while (report.Slices < SliceUpkeep.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = Enumerable.Range(report.Slices, Math.Min(SlicesAtOnce, SliceUpkeep.Count - report.Slices));
            foreach (var done in await Task.WhenAll(next.Select(slice => _slices.RunAsync(slice, tasks, trigger, cancellation)))) report += done;
            run.Result = report.Write();
        }

        // Each change has its own operation; this one tells that all was looked at.
        var operation = new Operation(
            name, run.Id, "", trigger.By, trigger.UserId, $"{report.Checked} files looked at", Metadata: run.Result);
        await _store.Files.CommitAsync(0, new Storage.Change().Log(operation));
        return report;
    }

    private sealed record Arguments(string Name, UpkeepTasks Tasks, Trigger Trigger);
}
