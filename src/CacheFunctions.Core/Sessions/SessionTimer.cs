using CacheFunctions.Errors;
using CacheFunctions.Observability;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>What the frequent timer does for sessions. Every step may be repeated, by any instance, at any time.</summary>
internal sealed class SessionTimer(
    SessionStore store, WriteBack writeBack, SessionEnd end, SessionVersions versions, SessionSettings settings)
{
    /// <summary>
    /// Writes back what has been unsynced for longer than <see cref="SessionSettings.SyncAfterSeconds"/>, keeping both
    /// versions where they conflict, and removes what ended sessions left. One query a shard when there is nothing to do.
    /// </summary>
    public async Task<SessionTimerReport> RunAsync(CancellationToken cancellation)
    {
        var report = new SessionTimerReport(0, 0, 0, []);
        for (var shard = 0; shard < store.Edits.ShardCount; shard++)
        {
            var markers = new List<Row>();
            await foreach (var row in store.Edits.QueryAsync(shard, SessionRows.Markers, cancellation)) markers.Add(row);
            foreach (var marker in markers)
            {
                cancellation.ThrowIfCancellationRequested();
                report = await HandleAsync(report, shard, marker, cancellation);
            }
        }

        Tell(report);
        return report;
    }

    private void Tell(SessionTimerReport report)
    {
        var oldest = report.OldestWaiting is { } since ? store.Now - since : TimeSpan.Zero;
        Telemetry.QueueAge.Tell(Telemetry.Attributes.Queue, Telemetry.Queue.WriteBacks, oldest.TotalSeconds);
        Telemetry.QueueLength.Tell(Telemetry.Attributes.Queue, Telemetry.Queue.WriteBacks, report.Waiting);
        Telemetry.WriteBacks.Add(report.Synced, Telemetry.Tag(Telemetry.Attributes.Outcome, "synced"));
        Telemetry.WriteBacks.Add(report.KeptBoth, Telemetry.Tag(Telemetry.Attributes.Outcome, "kept_both"));
        Telemetry.WriteBacks.Add(report.Failed.Count, Telemetry.Tag(Telemetry.Attributes.Outcome, "failed"));
    }

    private async Task<SessionTimerReport> HandleAsync(
        SessionTimerReport report, int shard, Row marker, CancellationToken cancellation)
    {
        var path = marker.Values.RequiredText("path");
        try
        {
            if (marker.Key.StartsWith(SessionRows.Ended, StringComparison.Ordinal))
            {
                await end.PurgeAsync(shard, marker.Key[SessionRows.Ended.Length..], cancellation);
                return report with { Purged = report.Purged + 1 };
            }

            if (SessionRows.MarkedAt(marker).AddSeconds(settings.SyncAfterSeconds) > store.Now) return report.AndWaiting(SessionRows.MarkedAt(marker));
            var id = marker.Key[SessionRows.Dirty.Length..];
            var outcome = await writeBack.SyncAsync(Caller.Machine, id, OnConflict.KeepBoth, Conditions.None, Trigger.Timer, cancellation);
            await versions.ThinOutAsync(id, Trigger.Timer, cancellation);
            return outcome.ConflictCopy is null
                ? report with { Synced = report.Synced + 1 }
                : report with { KeptBoth = report.KeptBoth + 1 };
        }
        catch (CacheException error) when (error.Code is ErrorCode.Locked or ErrorCode.NotFound)
        {
            // Somebody holds the path, or has ended the session meanwhile: a later run looks again.
            return error.Code == ErrorCode.Locked && IsDirty(marker) ? report.AndWaiting(SessionRows.MarkedAt(marker)) : report;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One file that cannot be written, for whatever reason, must not keep the others from being written.
            var failed = report with { Failed = [.. report.Failed, $"{path}: {error.Message}"] };
            return IsDirty(marker) ? failed.AndWaiting(SessionRows.MarkedAt(marker)) : failed;
        }
    }

    private static bool IsDirty(Row marker) => marker.Key.StartsWith(SessionRows.Dirty, StringComparison.Ordinal);
}

/// <param name="Failed">The paths that could not be written, each with the reason; tried again at the next run.</param>
public sealed record SessionTimerReport(int Synced, int KeptBoth, int Purged, IReadOnlyList<string> Failed)
{
    /// <summary>How many sessions are still dirty, failed ones too.</summary>
    public int Waiting { get; private init; }

    /// <summary>Since when the first of them has been; null: none is.</summary>
    public DateTimeOffset? OldestWaiting { get; private init; }

    internal SessionTimerReport AndWaiting(DateTimeOffset since) =>
        this with { Waiting = Waiting + 1, OldestWaiting = OldestWaiting < since ? OldestWaiting : since };
}
