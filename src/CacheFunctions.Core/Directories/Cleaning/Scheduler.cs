using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Cleaning;

/// <summary>
/// The switch of the scheduled cleaning, and what the last run did: rows of table "control" that outlive every instance. The
/// timer runs all the same, and reads the switch.
/// </summary>
internal sealed class Scheduler(DirectoryStore store, DirectorySettings settings)
{
    private const string Table = "control";
    private const string Partition = "directories";
    private const string SwitchKey = "scheduler";
    private const string LastRunKey = "last-run";
    private const string TimerKey = "timer";

    /// <summary>One query.</summary>
    public async Task<SchedulerState> ReadAsync(CancellationToken cancellation)
    {
        var rows = new Dictionary<string, RowValues>(StringComparer.Ordinal);
        await foreach (var row in store.Records.QueryAsync(Table, Partition, new KeyRange("a", "~"), null, cancellation)) rows[row.Key] = row.Values;
        var isOn = rows.GetValueOrDefault(SwitchKey)?.Text("state") != "stopped";
        var last = rows.GetValueOrDefault(LastRunKey)?.Text("report") is { } report ? CleanupReport.Read(report) : null;
        return new SchedulerState(
            settings.Enabled ? isOn ? "running" : "stopped" : "disabled",
            settings.CleanupInterval,
            settings.Enabled && isOn ? settings.Schedule?.NextAfter(store.Now, rows.GetValueOrDefault(TimerKey)?.Time("fired_at")) : null,
            rows.GetValueOrDefault(SwitchKey)?.Time("changed_at"),
            last);
    }

    /// <summary>Twice is fine: the second changes nothing. Of two at once the later one decides.</summary>
    /// <returns>Whether it was not so before.</returns>
    public async Task<bool> SwitchAsync(bool isOn, Trigger trigger, CancellationToken cancellation)
    {
        var word = isOn ? "running" : "stopped";
        if (!await WriteAsync(SwitchKey, row => (row?.Text("state") ?? "running") == word ? null : new RowValues { { "schema", 1 }, { "state", word }, { "changed_at", store.Now } }, cancellation))
            return false;
        await store.Table.CommitAsync(
            0, new Change().Log(new Operation(isOn ? "scheduler_started" : "scheduler_stopped", "scheduler", "", trigger.By, trigger.UserId, "asked for")));
        return true;
    }

    /// <summary>The timer has come, whatever the switch says: from now on it counts an interval anew.</summary>
    public Task NoteTimerAsync(CancellationToken cancellation) => settings.Schedule is { IsInterval: true }
        ? WriteAsync(TimerKey, _ => new RowValues { { "schema", 1 }, { "fired_at", store.Now } }, cancellation)
        : Task.CompletedTask;

    public Task NoteRunAsync(CleanupReport report) => WriteAsync(
        LastRunKey,
        // The counts say enough there; the operations name each directory.
        _ => new RowValues { { "schema", 1 }, { "report", (report with { Removed = [], Kept = [] }).Write() } },
        CancellationToken.None);

    private async Task<bool> WriteAsync(string key, Func<RowValues?, RowValues?> change, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await store.Records.GetAsync(Table, Partition, key, cancellation);
            if (change(row?.Values) is not { } values) return false;
            try
            {
                await store.Records.CommitAsync(
                    Table, Partition, [row is null ? RowChange.Insert(key, values) : RowChange.Replace(row, values)], cancellation);
                return true;
            }
            catch (RowConflictException)
            {
                // Another was first: decided anew on what it wrote.
            }
        }
    }
}

/// <param name="State">running, stopped, or disabled (by ENABLE_DISK_CACHE_MANAGEMENT).</param>
/// <param name="IntervalSeconds">DISK_CACHE_CLEANUP_INTERVAL.</param>
/// <param name="NextRun">null: none, or not known.</param>
public sealed record SchedulerState(
    string State, int IntervalSeconds, DateTimeOffset? NextRun, DateTimeOffset? ChangedAt, CleanupReport? LastRun);
