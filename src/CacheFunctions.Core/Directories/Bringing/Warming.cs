using System.Text.Json;
using CacheFunctions.Content;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;

namespace CacheFunctions.Directories.Bringing;

/// <summary>
/// Fills the cache before anybody asks, as a job: one item after the other, within a bandwidth. What one item has brought is not evicted
/// for the next ones; what does not fit beside it fails, and the others go on. Who goes on with the job begins behind the last file that a
/// heartbeat told of.
/// </summary>
internal sealed class Warming
{
    private const string Kind = "directory_warming";

    private readonly DirectoryStore _store;
    private readonly FolderBringer _bringer;
    private readonly Registration _registration;
    private readonly DirectoryContents _contents;
    private readonly DirectoryRoom _room;
    private readonly JobRunner _jobs;

    public Warming(
        DirectoryStore store, FolderBringer bringer, Registration registration, DirectoryContents contents, DirectoryRoom room, JobRunner jobs)
    {
        (_store, _bringer, _registration, _contents, _room, _jobs) = (store, bringer, registration, contents, room, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <param name="bytesPerSecond">null: as fast as it goes.</param>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <returns>The job, with a <see cref="WarmReport"/> as its result; running: it goes on.</returns>
    public Task<Job> StartAsync(
        IReadOnlyList<WarmItem> items, long? bytesPerSecond, Trigger trigger, string? requestKey, CancellationToken cancellation) =>
        _jobs.RunAsync<WarmReport>(
            Kind,
            requestKey,
            trigger.UserId,
            JsonSerializer.Serialize(new Arguments(items, bytesPerSecond, trigger), JsonSerializerOptions.Web),
            cancellation);

    private async Task<WarmReport> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var (wanted, bytesPerSecond, trigger) = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var items = run.Result is { } text ? WarmReport.Read(text).Items.ToArray() : [.. wanted.Select(item => new WarmedItem(item.From, item.Path))];
        var bandwidth = bytesPerSecond is { } limit ? new Bandwidth(limit, _store.Time) : null;
        Func<Stream, Stream> through = bandwidth is null ? static content => content : bandwidth.Limit;
        var kept = new List<IDisposable>();
        try
        {
            for (var i = 0; i < items.Length; i++)
            {
                var at = i;
                if (items[i].State is WarmState.Pending or WarmState.Running)
                    await BringAsync(items[i], run, trigger, through, item => Tell(at, item), cancellation);
                if (items[i].State == WarmState.Done) kept.Add(await _room.ReserveAsync(DirectoryPath.Stored(items[i].Path), "", 0, cancellation));
            }
        }
        finally
        {
            foreach (var each in kept) each.Dispose();
        }

        return WarmReport.Of(items);

        void Tell(int i, WarmedItem item)
        {
            items[i] = item;
            var report = WarmReport.Of(items);
            run.Report(report.Bytes);
            run.Result = report.Write();
        }
    }

    private async Task BringAsync(
        WarmedItem item, JobRun run, Trigger trigger, Func<Stream, Stream> through, Action<WarmedItem> tell, CancellationToken cancellation)
    {
        try
        {
            var from = _store.Origins.Require(item.From, "from");
            tell(item = item with { State = WarmState.Running });
            if (!await OriginFolder.IsFolderAsync(from, cancellation))
            {
                item = item with { Bytes = await BringFileAsync(from, DirectoryPath.OfFile(item.Path), trigger, through, cancellation), Files = 1 };
            }
            else
            {
                await _bringer.BringAsync(
                    DirectoryPath.Of(item.Path),
                    from,
                    compress: null,
                    run.Id,
                    trigger,
                    new Brought(item.Files, item.Bytes, item.Growth, item.After),
                    so => tell(item = item with { Files = so.Files, Bytes = so.Bytes, Growth = so.Growth, After = so.After }),
                    through,
                    run.IsTriedAgain,
                    cancellation);
            }

            tell(item with { State = WarmState.Done, Growth = 0, After = null });
        }
        catch (CacheException error) when (!run.IsTriedAgain(error))
        {
            tell(item with { State = WarmState.Failed, Growth = 0, After = null, Error = error.Message });
        }
    }

    /// <summary>If no registered directory holds the file, the one in which it lies is registered: what was brought is managed.</summary>
    private async Task<long> BringFileAsync(
        OriginPath from, DirectoryPath file, Trigger trigger, Func<Stream, Stream> through, CancellationToken cancellation)
    {
        var directory = file.Ancestors.Last();
        var isManaged = (await _store.HoldersAsync(file, cancellation)).Count > 0;
        var brought = await WholeVersion.CopyAsync<ContentItemBox>(
            from,
            async opened =>
            {
                // What does not fit is not fetched.
                using var room = isManaged ? null : await _room.ForRegistrationAsync(directory, opened.Fingerprint.SizeBytes, cancellation);
                await using var unchanged = new UnchangedStream(opened);
                return new((await _contents.WriteAsync(file, through(unchanged), opened.Fingerprint.SizeBytes, trigger, cancellation)).Item);
            },
            cancellation);
        if (!isManaged) await _registration.RegisterAsync(directory, trigger, null, null, cancellation);
        return brought.Item.Length;
    }

    private sealed record ContentItemBox(ContentItem Item);

    private sealed record Arguments(IReadOnlyList<WarmItem> Items, long? BytesPerSecond, Trigger Trigger);
}
