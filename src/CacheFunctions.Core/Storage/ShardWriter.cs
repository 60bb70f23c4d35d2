using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Storage;

/// <summary>
/// Writes one shard. Callers that meet share a transaction (group commit): the first leads, commits what waits, and
/// hands the lead to the next. The insert of the next log number is the compare-and-swap between instances.
/// </summary>
internal sealed class ShardWriter(IRecordStore store, OperationLog log, string table, int shard, TimeProvider time, RandomIds ids)
{
    private const int MaxTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly List<Waiting> _queue = [];
    private bool _led;

    // The last number known to be taken; null: to be read. Touched by the leader only.
    private long? _last;

    public async Task<long> CommitAsync(Change change)
    {
        if (change.Operations.Count == 0) throw new ArgumentException("A change needs an operation that tells of it.", nameof(change));
        if (change.RowCount > Change.MaxRows) throw new ArgumentException($"A change has at most {Change.MaxRows} rows.", nameof(change));
        if (change.ByteCount > Change.MaxBytes) throw new ArgumentException($"A change has at most {Change.MaxBytes} bytes.", nameof(change));

        var own = new Waiting(change);
        lock (_queue)
        {
            _queue.Add(own);
            if (!_led)
            {
                _led = true;
                own.Lead();
            }
        }

        while (await own.Turn == Turn.Lead)
        {
            own.Rejoin();
            try
            {
                await CommitGroupAsync(TakeGroup());
            }
            finally
            {
                HandOver();
            }
        }

        return own.Result;
    }

    /// <summary>The oldest changes that fit one transaction; those that touch a row twice wait for the next one.</summary>
    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var (rows, bytes) = (0, 0);
        lock (_queue)
        {
            foreach (var waiting in _queue)
            {
                if (rows + waiting.Change.RowCount > Change.MaxRows || bytes + waiting.Change.ByteCount > Change.MaxBytes) break;
                if (waiting.Change.Rows.Any(row => keys.Contains(row.Key))) continue;
                keys.UnionWith(waiting.Change.Rows.Select(row => row.Key));
                rows += waiting.Change.RowCount;
                bytes += waiting.Change.ByteCount;
                group.Add(waiting);
            }

            _queue.RemoveAll(group.Contains);
        }

        return group;
    }

    private void HandOver()
    {
        lock (_queue)
        {
            if (_queue.Count == 0) _led = false;
            else _queue[0].Lead();
        }
    }

    private async Task CommitGroupAsync(List<Waiting> group)
    {
        try
        {
            while (group.Count > 0)
            {
                var first = (_last ??= await log.LastAsync(shard, CancellationToken.None)) + 1;
                var transaction = new ShardTransaction(group.ConvertAll(waiting => waiting.Change), first, time.GetUtcNow(), ids.Next());
                var (committed, loser) = await TryAsync(transaction);
                if (committed)
                {
                    _last = transaction.LastNumber;
                    for (var i = 0; i < group.Count; i++) group[i].Succeed(transaction.FirstNumberOf(i));
                    return;
                }

                if (loser is { } index)
                {
                    group[index].Fail(new RowConflictException(null));
                    group.RemoveAt(index);
                }
            }
        }
        catch (Exception error)
        {
            // Whether the last try took effect is open, so the end of the log must be read again.
            _last = null;
            foreach (var waiting in group) waiting.Fail(error);
        }
    }

    /// <summary>
    /// Tries one transaction until its outcome is certain. Repeating the same rows with the same numbers is safe: if
    /// an earlier try took effect, its own first number stands in the way of the second.
    /// </summary>
    /// <returns>Whether it was committed; if not, whose rows were not as read (null: the number was taken).</returns>
    private async Task<(bool Committed, int? Loser)> TryAsync(ShardTransaction transaction)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store.CommitAsync(table, Shard.Partition(shard), transaction.Rows, CancellationToken.None);
                return (true, null);
            }
            catch (RowConflictException conflict)
            {
                var taken = await store.GetAsync(
                    table, Shard.Partition(shard), OperationRow.Key(transaction.FirstNumber), CancellationToken.None);
                if (taken is not null)
                {
                    if (OperationRow.Commit(taken) == transaction.Commit) return (true, null);
                    _last = null;
                    return (false, null);
                }

                // The number is free, so a caller's own row is at fault. Any earlier try fails on it as well.
                return (false, transaction.OwnerOf(conflict.Index));
            }
            catch (CacheException error) when (error.Code == ErrorCode.Unavailable && attempt < MaxTries)
            {
                await Task.Delay(pause, time);
                pause *= 2;
            }
        }
    }

    private enum Turn
    {
        Lead,
        Done,
    }

    private sealed class Waiting(Change change)
    {
        private TaskCompletionSource<Turn> _turn = New();
        private Exception? _error;
        private long _first;

        public Change Change { get; } = change;

        public Task<Turn> Turn => _turn.Task;

        public long Result => _error is null ? _first : throw _error;

        public void Lead() => _turn.TrySetResult(ShardWriter.Turn.Lead);

        public void Rejoin() => _turn = New();

        public void Succeed(long first)
        {
            _first = first;
            _turn.TrySetResult(ShardWriter.Turn.Done);
        }

        public void Fail(Exception error)
        {
            _error = error;
            _turn.TrySetResult(ShardWriter.Turn.Done);
        }

        private static TaskCompletionSource<Turn> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
