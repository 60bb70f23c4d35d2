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

    // Who lost so often tries on alone.
    private const int MaxAttemptsBesideOthers = 3;

    // Whether this flow of control has a turn already, and must not wait for another.
    private static readonly AsyncLocal<bool> HasTurn = new();

    private readonly IRecordStore _store;
    private readonly ShardWriter[] _writers;
    private readonly Turn[] _turns;

    public RecordTable(IRecordStore store, string name, int shardCount, TimeProvider time, RandomIds? ids = null)
    {
        _store = store;
        Name = name;
        Log = new OperationLog(store, name);
        _turns = [.. Enumerable.Range(0, shardCount).Select(_ => new Turn())];
        _writers = [.. Enumerable.Range(0, shardCount).Select(shard => new ShardWriter(store, Log, name, shard, time, ids ?? RandomIds.Secure))];
    }

    public string Name { get; }

    /// <summary>Where the table lies.</summary>
    internal IRecordStore Records => _store;

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
    /// Puts values into a row that are no news to anybody, as until when somebody holds it: no operation tells of it.
    /// </summary>
    /// <exception cref="RowConflictException">The row was not as it was read; nothing was changed.</exception>
    /// <exception cref="CacheException">Unavailable: whether it was made is not known.</exception>
    internal Task ReplaceSilentlyAsync(int shard, Row read, RowValues values) =>
        _store.CommitAsync(Name, Shard.Partition(shard), [RowChange.Replace(read, values)], CancellationToken.None);

    /// <summary>
    /// Reads, decides and commits, again and again until no other writer interfered. Safe to repeat, because a lost
    /// attempt has changed nothing and the decision is made anew from what is read then. Callers of one instance who lose
    /// against each other take turns, so that none of them loses for ever.
    /// </summary>
    /// <param name="decide">Reads rows and says what to change; a null change ends it with nothing changed.</param>
    public async Task<T> UpdateAsync<T>(
        int shard, Func<CancellationToken, Task<Decision<T>>> decide, CancellationToken cancellation)
    {
        // Who comes while somebody has a turn waits as well: it would be quicker again and again than who has lost before.
        var waits = !HasTurn.Value && _turns[shard].IsTaken;
        if (!waits && await TryAsync(shard, decide, MaxAttemptsBesideOthers, cancellation) is { } done) return done.Result;
        var takesTurn = !HasTurn.Value;
        if (takesTurn) await _turns[shard].WaitAsync(cancellation);
        try
        {
            HasTurn.Value = true;
            if (await TryAsync(shard, decide, MaxAttempts, cancellation) is { } late) return late.Result;
        }
        finally
        {
            if (takesTurn) _turns[shard].Release();
        }

        throw CacheException.Unavailable("Too many others are changing the same record. Try again.");
    }

    /// <returns>null: every attempt was lost.</returns>
    private async Task<Done<T>?> TryAsync<T>(
        int shard, Func<CancellationToken, Task<Decision<T>>> decide, int attempts, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var decision = await decide(cancellation);
            if (decision.Change is null) return new Done<T>(decision.Result);
            try
            {
                await CommitAsync(shard, decision.Change);
                return new Done<T>(decision.Result);
            }
            catch (RowConflictException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    private readonly record struct Done<T>(T Result);
}

/// <summary>What a reader of rows decided to change, and what to answer once it is committed.</summary>
public readonly record struct Decision<T>(Change? Change, T Result);
