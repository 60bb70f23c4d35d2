using System.Globalization;
using CacheFunctions.Storage;

namespace CacheFunctions.Hits;

/// <summary>
/// How counts lie in table "control": partition by cache, one row for each hour and instance. Only its instance ever writes
/// a row, always with all that it has counted in that hour: so writers never meet, and a repeated write counts nothing twice.
/// </summary>
internal sealed class HitRows(IRecordStore store, string cache, string instance)
{
    private const string Table = "control";
    private const string HourFormat = "yyyyMMddHH";
    private const int RowsPerPurge = 100;

    private readonly string _partition = PartitionPrefix + cache;

    public const string PartitionPrefix = "hits-";

    public static long HourOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerHour;

    public static DateTimeOffset StartOf(long hour) => new(hour * TimeSpan.TicksPerHour, TimeSpan.Zero);

    /// <param name="isNew">Whether it was never written, as far as is known.</param>
    public async Task WriteAsync(long hour, HitCounts counts, bool isNew)
    {
        var key = $"{Key(hour)}|{instance}";
        var values = new RowValues
        {
            { "schema", 1 }, { "hits", counts.Hits }, { "misses", counts.Misses }, { "hit_bytes", counts.HitBytes }, { "miss_bytes", counts.MissBytes },
        };
        var row = isNew ? null : await GetAsync(key);
        try
        {
            await CommitAsync(row is null ? RowChange.Insert(key, values) : RowChange.Replace(row, values));
        }
        catch (RowConflictException) when (isNew)
        {
            // The reply of an earlier try was lost.
            if (await GetAsync(key) is { } there) await CommitAsync(RowChange.Replace(there, values));
        }
    }

    /// <summary>What the other instances have counted, by hour. One query a thousand rows.</summary>
    public async Task<Dictionary<long, HitCounts>> OthersAsync(long fromHour, CancellationToken cancellation)
    {
        var hours = new Dictionary<long, HitCounts>();
        await foreach (var row in store.QueryAsync(Table, _partition, new KeyRange(Key(fromHour), ":"), null, cancellation))
        {
            if (row.Key.EndsWith(instance, StringComparison.Ordinal)) continue;
            var hour = HourOf(DateTimeOffset.ParseExact(
                row.Key[..HourFormat.Length], HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
            hours[hour] = hours.GetValueOrDefault(hour) + new HitCounts(
                row.Values.RequiredNumber("hits"),
                row.Values.RequiredNumber("misses"),
                row.Values.RequiredNumber("hit_bytes"),
                row.Values.RequiredNumber("miss_bytes"));
        }

        return hours;
    }

    /// <summary>Deletes the rows before an hour. Safe to repeat, and on several instances at once.</summary>
    public async Task PurgeAsync(long beforeHour, CancellationToken cancellation)
    {
        while (true)
        {
            var changes = new List<RowChange>();
            await foreach (var row in store.QueryAsync(Table, _partition, new KeyRange("0", Key(beforeHour)), RowsPerPurge, cancellation))
                changes.Add(RowChange.DeleteAny(row.Key));
            if (changes.Count == 0) return;
            try
            {
                await store.CommitAsync(Table, _partition, changes, cancellation);
            }
            catch (RowConflictException)
            {
                // Another instance purges too; what is left is its work.
                return;
            }
        }
    }

    private static string Key(long hour) => StartOf(hour).ToString(HourFormat, CultureInfo.InvariantCulture);

    private Task<Row?> GetAsync(string key) => store.GetAsync(Table, _partition, key, CancellationToken.None);

    private Task CommitAsync(RowChange change) => store.CommitAsync(Table, _partition, [change], CancellationToken.None);
}
