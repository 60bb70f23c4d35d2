using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Relay;

/// <summary>
/// The places of all tables: a row each in table <c>control</c>, partition <c>events</c>. A place is moved by compare-and-swap to
/// what is true of what stands there and of what was published. That only ever moves it forward, over what was published, so it
/// is safe to repeat after a lost reply, and for several instances at once: no lease is needed, and none can be lost.
/// </summary>
internal sealed class RelayPlaces(IRecordStore records)
{
    private const string Table = "control";
    private const string Partition = "events";
    private const int MaxAttempts = 50;

    /// <summary>One point read.</summary>
    public async Task<RelayPlace> ReadAsync(RecordTable log, CancellationToken cancellation) =>
        RelayPlace.Read(await records.GetAsync(Table, Partition, log.Name, cancellation), log.ShardCount);

    /// <summary>All up to <paramref name="seen"/> was published. A point read and a write.</summary>
    /// <param name="changed">Whether cached files have changed there.</param>
    /// <returns>What stands there now.</returns>
    public Task<RelayPlace> MoveAsync(RecordTable log, LogPosition seen, bool changed, CancellationToken cancellation) => UpdateAsync(
        log,
        there =>
        {
            if (there.Seen.HasReached(seen)) return there;
            var both = there.Seen.Copy();
            both.Advance(seen);
            // Every move makes the total larger, so no two changes are told as one.
            return there with { Seen = both, Changed = changed ? both.Total : there.Changed };
        },
        cancellation);

    /// <summary>The statistics were published as they were after a change.</summary>
    public Task<RelayPlace> TellAsync(RecordTable log, long change, CancellationToken cancellation) =>
        UpdateAsync(log, there => there.Told >= change ? there : there with { Told = change }, cancellation);

    private async Task<RelayPlace> UpdateAsync(RecordTable log, Func<RelayPlace, RelayPlace> decide, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var row = await records.GetAsync(Table, Partition, log.Name, cancellation);
            var there = RelayPlace.Read(row, log.ShardCount);
            var moved = decide(there);
            if (moved == there) return there;
            try
            {
                await records.CommitAsync(
                    Table, Partition, [row is null ? RowChange.Insert(log.Name, moved.Write()) : RowChange.Replace(row, moved.Write())], cancellation);
                return moved;
            }
            catch (RowConflictException)
            {
                // Another instance, or an earlier try of this one: the next look tells.
            }
        }

        throw CacheException.Unavailable("Too many others publish events at once. Try again.");
    }
}
