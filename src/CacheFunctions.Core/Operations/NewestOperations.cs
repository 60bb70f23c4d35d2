using System.Buffers.Text;
using CacheFunctions.Errors;

namespace CacheFunctions.Operations;

/// <summary>
/// Reads a table's log newest first, across its shards, page by page. A page's cursor holds the place in every shard,
/// so that no page leaves out or repeats an operation, whatever is appended meanwhile and however clocks differ.
/// </summary>
public sealed class NewestOperations(OperationLog log, int shardCount)
{
    private const int ShardsAtOnce = 16;

    // A filter that fits little must not read the whole log in one request.
    private const int MaxScanned = 5_000;

    /// <param name="fits">Which operations are wanted.</param>
    /// <returns>Perhaps fewer than asked for although there are more: then go on with the cursor. No cursor: that is all.</returns>
    public async Task<(IReadOnlyList<LoggedOperation> Operations, string? Cursor)> ReadAsync(
        Func<LoggedOperation, bool> fits, int limit, string? cursor, CancellationToken cancellation)
    {
        var shards = Parse(cursor).Select((before, shard) => new Tail(log, shard, before, limit / 8 + 2)).ToList();
        foreach (var some in shards.Chunk(ShardsAtOnce)) await Task.WhenAll(some.Select(tail => tail.FillAsync(cancellation)));

        var page = new List<LoggedOperation>();
        for (var scanned = 0; page.Count < limit && scanned < MaxScanned; scanned++)
        {
            var newest = shards.Where(tail => tail.Next is not null).MaxBy(tail => tail.Next!.Timestamp);
            if (newest is null) return (page, null);
            var operation = newest.Next!;
            await newest.StepAsync(cancellation);
            if (fits(operation)) page.Add(operation);
        }

        return (page, shards.TrueForAll(tail => tail.Next is null) ? null : Write(shards));
    }

    private static string Write(List<Tail> shards)
    {
        var bytes = new byte[shards.Count * sizeof(long)];
        for (var i = 0; i < shards.Count; i++) BitConverter.TryWriteBytes(bytes.AsSpan(i * sizeof(long)), shards[i].Next?.Sequence + 1 ?? 1);
        return Base64Url.EncodeToString(bytes);
    }

    private long?[] Parse(string? cursor)
    {
        var places = new long?[shardCount];
        if (cursor is null) return places;
        var bytes = new byte[cursor.Length];
        if (!Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != shardCount * sizeof(long))
            throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
        for (var i = 0; i < shardCount; i++)
        {
            places[i] = BitConverter.ToInt64(bytes, i * sizeof(long));
            if (places[i] < 1) throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
        }

        return places;
    }

    /// <summary>One shard's log, read backwards in small pages.</summary>
    private sealed class Tail(OperationLog log, int shard, long? before, int pageLength)
    {
        private readonly Queue<LoggedOperation> _page = new();
        private long? _before = before;
        private bool _ended;

        /// <summary>null: there are no older ones.</summary>
        public LoggedOperation? Next => _page.TryPeek(out var next) ? next : null;

        public async Task StepAsync(CancellationToken cancellation)
        {
            _page.Dequeue();
            if (_page.Count == 0) await FillAsync(cancellation);
        }

        public async Task FillAsync(CancellationToken cancellation)
        {
            if (_ended || _before == 1) return;
            await foreach (var operation in log.NewestAsync(shard, _before, pageLength, cancellation)) _page.Enqueue(operation);
            _ended = _page.Count < pageLength;
            if (_page.Count > 0) _before = _page.Last().Sequence;
        }
    }
}
