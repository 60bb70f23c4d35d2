using System.Runtime.CompilerServices;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The notices of all instances in one dense log, in table "notices", partition by catalogue. As in the operations' log,
/// the insert of the next number is the compare-and-swap, so who has seen up to n misses nothing by asking for what
/// follows n, whatever clocks do, and one query tells of all instances and all shards.
/// </summary>
internal sealed class NoticeLog(IRecordStore store, string partition, TimeProvider time)
{
    private const string Table = "notices";
    private const string Prefix = "n|";
    private const int RowsPerPurge = 100;

    // The highest number seen. Only a guess at where to append: a wrong one costs a conflict.
    private long _last;

    /// <returns>0: there is none yet.</returns>
    public async Task<long> LastAsync(CancellationToken cancellation)
    {
        await foreach (var row in store.QueryAsync(Table, partition, KeyRange.Prefix(Prefix), 1, cancellation)) return Seen(Number(row.Key));
        return 0;
    }

    /// <summary>Newest first. Where old ones were purged, it ends early. One query, if they are not too many for one page.</summary>
    public async IAsyncEnumerable<(long Number, Notice Notice)> SinceAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = KeyRange.Prefix(Prefix) with { Before = Key(after) };
        await foreach (var row in store.QueryAsync(Table, partition, range, null, cancellation))
            yield return (Seen(Number(row.Key)), Notice.Read(row.Values));
    }

    /// <summary>
    /// Appends it. Safe to repeat after a failure with the number that the failed attempt left in <paramref name="place"/>:
    /// if that attempt took effect after all, the notice is found there.
    /// </summary>
    public async Task AppendAsync(Notice notice, NoticePlace place, CancellationToken cancellation)
    {
        var values = notice.Write(time.GetUtcNow());
        place.Number ??= await NextAsync(cancellation);
        while (true)
        {
            try
            {
                await store.CommitAsync(Table, partition, [RowChange.Insert(Key(place.Number.Value), values)], cancellation);
            }
            catch (RowConflictException)
            {
                var there = await store.GetAsync(Table, partition, Key(place.Number.Value), cancellation);
                if (there?.Values.Text("id") != notice.Id)
                {
                    place.Number = await LastAsync(cancellation) + 1;
                    continue;
                }
            }

            Seen(place.Number.Value);
            return;
        }
    }

    /// <summary>Deletes the notices below a number, which must not be the newest one's.</summary>
    public async Task PurgeAsync(long below, CancellationToken cancellation)
    {
        var range = KeyRange.Prefix(Prefix) with { From = Key(below), FromExcluded = true };
        while (true)
        {
            var changes = new List<RowChange>();
            await foreach (var row in store.QueryAsync(Table, partition, range, RowsPerPurge, cancellation)) changes.Add(RowChange.DeleteAny(row.Key));
            if (changes.Count == 0) return;
            try
            {
                await store.CommitAsync(Table, partition, changes, cancellation);
            }
            catch (RowConflictException)
            {
                // Another instance purges too; what is left is its work.
                return;
            }
        }
    }

    private static string Key(long number) => $"{Prefix}{long.MaxValue - number:x16}";

    private static long Number(string key) => long.MaxValue - Convert.ToInt64(key[Prefix.Length..], 16);

    private async Task<long> NextAsync(CancellationToken cancellation)
    {
        var last = Volatile.Read(ref _last);
        return (last > 0 ? last : await LastAsync(cancellation)) + 1;
    }

    private long Seen(long number)
    {
        for (var last = Volatile.Read(ref _last); number > last; last = Volatile.Read(ref _last))
            if (Interlocked.CompareExchange(ref _last, number, last) == last) break;
        return number;
    }
}

/// <summary>Where a notice is being appended; null: not tried yet.</summary>
internal sealed class NoticePlace
{
    public long? Number { get; set; }
}
