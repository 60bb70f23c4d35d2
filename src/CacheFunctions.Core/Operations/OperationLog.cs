using System.Runtime.CompilerServices;
using CacheFunctions.Storage;

namespace CacheFunctions.Operations;

/// <summary>
/// Reads one table's log. Within a shard the numbers are dense and follow the order of the commits, so who has seen
/// up to n asks for what follows n and can miss nothing, whatever clocks and retries do.
/// </summary>
public sealed class OperationLog(IRecordStore store, string table)
{
    private const int ChunkLength = 500;

    /// <returns>The highest number in the shard; 0 when its log is empty.</returns>
    public async Task<long> LastAsync(int shard, CancellationToken cancellation)
    {
        await foreach (var row in store.QueryAsync(table, Shard.Partition(shard), OperationRow.Log, 1, cancellation))
            return OperationRow.Sequence(row.Key);
        return 0;
    }

    /// <summary>What follows <paramref name="after"/> up to the end as it is now, oldest first; memory for one chunk.</summary>
    /// <exception cref="InvalidDataException">A number is missing.</exception>
    public async IAsyncEnumerable<LoggedOperation> FollowAsync(
        int shard, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = await LastAsync(shard, cancellation);
        await foreach (var operation in FollowAsync(shard, after, last, cancellation)) yield return operation;
    }

    /// <summary>What follows <paramref name="after"/> up to <paramref name="last"/>, which is known to exist: saves the query for the end.</summary>
    /// <exception cref="InvalidDataException">A number is missing.</exception>
    public IAsyncEnumerable<LoggedOperation> FollowAsync(int shard, long after, long last, CancellationToken cancellation) =>
        FollowAsync(shard, after, last, ChunkLength, cancellation);

    /// <summary>The same, with memory for so many operations.</summary>
    internal async IAsyncEnumerable<LoggedOperation> FollowAsync(
        int shard, long after, long last, int chunkLength, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var chunk = new List<LoggedOperation>();
        for (var next = after + 1; next <= last;)
        {
            chunk.Clear();
            var end = Math.Min(last, next + chunkLength - 1);
            await foreach (var row in store.QueryAsync(table, Shard.Partition(shard), OperationRow.Range(next, end), null, cancellation))
                chunk.Add(OperationRow.Read(table, shard, row));
            for (var i = chunk.Count - 1; i >= 0; i--, next++)
            {
                if (chunk[i].Sequence != next)
                    throw new InvalidDataException($"Operation {next} of shard {shard} of {table} is missing.");
                yield return chunk[i];
            }

            if (next != end + 1)
                throw new InvalidDataException($"Operation {next} of shard {shard} of {table} is missing.");
        }
    }

    /// <summary>Newest first, from before <paramref name="before"/> (null: the newest).</summary>
    /// <param name="take">How many at the most; null: all.</param>
    public IAsyncEnumerable<LoggedOperation> NewestAsync(int shard, long? before, int? take, CancellationToken cancellation) =>
        ReadAsync(shard, before is { } number ? OperationRow.Range(1, number - 1) : OperationRow.Log, take, cancellation);

    /// <summary>What happened to one session, file or directory, newest first.</summary>
    /// <param name="before">Only those before this number; null: from the newest.</param>
    public IAsyncEnumerable<LoggedOperation> HistoryAsync(
        int shard, string entity, long? before, int? take, CancellationToken cancellation)
    {
        var all = KeyRange.Prefix(OperationRow.HistoryPrefix(entity));
        var range = before is { } number ? all with { From = OperationRow.HistoryKey(entity, number), FromExcluded = true } : all;
        return ReadAsync(shard, range, take, cancellation);
    }

    private async IAsyncEnumerable<LoggedOperation> ReadAsync(
        int shard, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in store.QueryAsync(table, Shard.Partition(shard), range, take, cancellation))
            yield return OperationRow.Read(table, shard, row);
    }
}
