using System.Runtime.CompilerServices;

namespace CacheFunctions.Operations;

/// <summary>
/// Reads a table's log oldest first, across its shards. Within a shard the order is the log's; between shards it is that of the
/// clocks. Memory for a few operations of each shard that has grown.
/// </summary>
internal sealed class OldestOperations(OperationLog log)
{
    private const int ShardsAtOnce = 16;
    private const int ChunkLength = 50;

    /// <summary>What follows <paramref name="after"/>, up to <paramref name="last"/>, which is known to exist. One query for each shard that has grown, and fifty operations.</summary>
    /// <exception cref="InvalidDataException">A number is missing.</exception>
    public async IAsyncEnumerable<LoggedOperation> ReadAsync(
        LogPosition after, LogPosition last, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var shards = Enumerable.Range(0, last.ShardCount).Where(shard => last[shard] > after[shard])
            .Select(shard => log.FollowAsync(shard, after[shard], last[shard], ChunkLength, cancellation).GetAsyncEnumerator(cancellation)).ToList();
        try
        {
            foreach (var some in shards.Chunk(ShardsAtOnce)) await Task.WhenAll(some.Select(shard => shard.MoveNextAsync().AsTask()));
            var next = new PriorityQueue<IAsyncEnumerator<LoggedOperation>, DateTimeOffset>(shards.Select(shard => (shard, shard.Current.Timestamp)));
            while (next.TryDequeue(out var shard, out _))
            {
                yield return shard.Current;
                if (await shard.MoveNextAsync()) next.Enqueue(shard, shard.Current.Timestamp);
            }
        }
        finally
        {
            foreach (var shard in shards) await shard.DisposeAsync();
        }
    }
}
