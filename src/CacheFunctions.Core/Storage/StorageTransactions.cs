namespace CacheFunctions.Storage;

public enum StorageCall
{
    /// <summary>A point read.</summary>
    TableRead,

    /// <summary>One page of a range.</summary>
    TableQuery,
    TableWrite,
    BlobRead,
    BlobWrite,
    BlobDelete,
    BlobList,
}

/// <summary>
/// Counts every call to storage, retries too, since each is charged: in all, and per request where one is being
/// counted. Transactions that several requests share count for the request that sent them.
/// </summary>
public sealed class StorageTransactions
{
    private static readonly int Kinds = Enum.GetValues<StorageCall>().Length;
    private readonly AsyncLocal<StorageCounts?> _request = new();
    private readonly long[] _total = new long[Kinds];

    public void Count(StorageCall call)
    {
        Interlocked.Increment(ref _total[(int)call]);
        _request.Value?.Count(call);
    }

    /// <summary>All calls since the start.</summary>
    public StorageCounts Total => new([.. _total]);

    /// <summary>Counts what the current asynchronous flow does from here on.</summary>
    /// <returns>What was counted so far, at whatever time it is looked at.</returns>
    public StorageCounts BeginRequest() => _request.Value = new StorageCounts(new long[Kinds]);
}

/// <summary>Calls by kind.</summary>
public sealed class StorageCounts(long[] counts)
{
    public long this[StorageCall call] => counts[(int)call];

    public long Tables => this[StorageCall.TableRead] + this[StorageCall.TableQuery] + this[StorageCall.TableWrite];

    public long Blobs => counts.Sum() - Tables;

    internal void Count(StorageCall call) => Interlocked.Increment(ref counts[(int)call]);

    public StorageCounts Since(StorageCounts before) =>
        new([.. Enum.GetValues<StorageCall>().Select(call => this[call] - before[call])]);

    public override string ToString() =>
        string.Join(", ", Enum.GetValues<StorageCall>().Where(call => this[call] > 0).Select(call => $"{call} {this[call]}"));
}
