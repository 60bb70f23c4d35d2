using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Storage;

/// <summary>
/// A sharded table with a log: the one way to change records. Every change is one transaction that checks what it
/// read, writes its rows and appends its operations (design section 4).
/// </summary>
public sealed class RecordTable
{
    private const int MaxAttempts = 50;

    private readonly IRecordStore _store;
    private readonly ShardWriter[] _writers;

    public RecordTable(IRecordStore store, string name, int shardCount, TimeProvider time, RandomIds? ids = null)
    {
        _store = store;
        Name = name;
        Log = new OperationLog(store, name);
        _writers = [.. Enumerable.Range(0, shardCount).Select(shard => new ShardWriter(store, Log, name, shard, time, ids ?? RandomIds.Secure))];
    }

    public string Name { get; }

    public int ShardCount => _writers.Length;

    public OperationLog Log { get; }

    /// <summary>
    /// Told of each acknowledged commit, before its caller is: the shard, the number of the first operation, the change.
    /// Listeners must be quick and must not throw.
    /// </summary>
    public event Action<int, long, Change>? Committed;

    public int ShardOf(ReadOnlySpan<byte> hash) => Shard.Of(hash, ShardCount);

    public Task<Row?> GetAsync(int shard, string key, CancellationToken cancellation) =>
        _store.GetAsync(Name, Shard.Partition(shard), key, cancellation);

    public IAsyncEnumerable<Row> QueryAsync(int shard, KeyRange range, CancellationToken cancellation) =>
        _store.QueryAsync(Name, Shard.Partition(shard), range, null, cancellation);

    /// <summary>Commits one change. Once begun it is not given up, since its effect may already stand.</summary>
    /// <returns>The number of its first operation.</returns>
    /// <exception cref="RowConflictException">A row was not as it was read; nothing was changed.</exception>
    /// <exception cref="CacheException">Unavailable: whether it was made is not known.</exception>
    public async Task<long> CommitAsync(int shard, Change change)
    {
        var first = await _writers[shard].CommitAsync(change);
        Committed?.Invoke(shard, first, change);
        return first;
    }

    /// <summary>
    /// Reads, decides and commits, again and again until no other writer interfered. Safe to repeat, because a lost
    /// attempt has changed nothing and the decision is made anew from what is read then.
    /// </summary>
    /// <param name="decide">Reads rows and says what to change; a null change ends it with nothing changed.</param>
    public async Task<T> UpdateAsync<T>(
        int shard, Func<CancellationToken, Task<Decision<T>>> decide, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var decision = await decide(cancellation);
            if (decision.Change is null) return decision.Result;
            try
            {
                await CommitAsync(shard, decision.Change);
                return decision.Result;
            }
            catch (RowConflictException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        throw CacheException.Unavailable("Too many others are changing the same record. Try again.");
    }
}

/// <summary>What a reader of rows decided to change, and what to answer once it is committed.</summary>
public readonly record struct Decision<T>(Change? Change, T Result);
