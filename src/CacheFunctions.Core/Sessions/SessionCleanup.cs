using System.Globalization;
using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Observability;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Ends sessions that nobody has used for a while. Unsynced work is written back first, conflicts as both versions.</summary>
internal sealed class SessionCleanup(SessionStore store, SessionScan scan, SessionEnd end)
{
    // A caller waits no longer; what is left is cleaned by the next call.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    /// <param name="caller">Whose sessions; a machine or an admin: everybody's.</param>
    /// <param name="dryRun">Only tell what would be ended.</param>
    public async Task<CleanupReport> RunAsync(
        Caller caller, TimeSpan maxAge, bool dryRun, Trigger trigger, CancellationToken cancellation)
    {
        var start = store.Now;
        var report = new CleanupReport(dryRun, [], [], true);
        var states = new long[Enum.GetValues<SessionState>().Length];
        await foreach (var session in scan.AllAsync(cancellation))
        {
            states[(int)session.State(start)]++;
            if (!caller.MayActFor(session.UserId) || session.LastAccessed + maxAge > start) continue;
            // One that is being prepared for so long is in use as long as its job is alive.
            if (session.IsPreparing && await store.IsAliveAsync(session.JobId, cancellation)) continue;
            if (store.Now - start > Budget) return report with { IsComplete = false };
            if (session.Lock is { } grant && grant.ExpiresAt > start)
                report.Kept.Add(Entry(session, $"locked until {grant.ExpiresAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}"));
            else if (dryRun)
                report.Cleaned.Add(Entry(session, session.Dirty ? "would be written back first" : null));
            else
                await EndAsync(session, report, trigger, cancellation);
        }

        foreach (var state in Enum.GetValues<SessionState>().Where(each => each != SessionState.Closed))
            Telemetry.Sessions.Tell(Telemetry.Attributes.State, JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()), states[(int)state]);
        return report;
    }

    private async Task EndAsync(Session session, CleanupReport report, Trigger trigger, CancellationToken cancellation)
    {
        try
        {
            var ended = await end.EndAsync(Caller.Machine, session.Id, OnConflict.KeepBoth, Conditions.None, trigger, cancellation);
            var reason = !session.Dirty ? null : store.KeptAt(ended) is { } copy ? $"kept as {copy}" : "written back first";
            report.Cleaned.Add(Entry(session, reason));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Somebody else has just ended it.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One that cannot be ended, for whatever reason, must not keep the others.
            report.Kept.Add(Entry(session, error is CacheException known ? known.Message : "an error of this service"));
        }
    }

    private static CleanupEntry Entry(Session session, string? reason) =>
        new(session.Id, session.UserId, session.NasFilePath, session.Content.SizeBytes, session.LastAccessed, session.Dirty, reason);
}

/// <summary>What a cleanup did, or would do.</summary>
/// <param name="Kept">Inactive sessions that could not be ended, with the reason.</param>
/// <param name="IsComplete">false: time ran out; the next run goes on.</param>
public sealed record CleanupReport(bool IsDryRun, List<CleanupEntry> Cleaned, List<CleanupEntry> Kept, bool IsComplete);

public sealed record CleanupEntry(
    string SessionId, string UserId, string NasFilePath, long SizeBytes, DateTimeOffset LastAccessed, bool Dirty, string? Reason);
