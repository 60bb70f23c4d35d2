using CacheFunctions.Errors;

namespace CacheFunctions.Storage;

/// <summary>The number of shards a deployment began with. Another number would look for records where they are not.</summary>
public static class ShardCount
{
    private const string Table = "control";
    private const string Partition = "settings";
    private const string Key = "shards";

    /// <summary>Stores the number at the first start, and checks it at every later one. Safe to repeat: the first insert wins.</summary>
    /// <exception cref="CacheException">Conflict: the records were made with another number of shards.</exception>
    public static async Task EnsureAsync(IRecordStore store, int count, CancellationToken cancellation)
    {
        var stored = await store.GetAsync(Table, Partition, Key, cancellation);
        if (stored is null)
        {
            try
            {
                var row = new RowValues { { "schema", 1 }, { "count", count } };
                await store.CommitAsync(Table, Partition, [RowChange.Insert(Key, row)], cancellation);
                return;
            }
            catch (RowConflictException)
            {
                stored = await store.GetAsync(Table, Partition, Key, cancellation);
            }
        }

        if (stored?.Values.Number("count") is { } found && found != count)
        {
            throw new CacheException(
                ErrorCode.Conflict, $"The records were made with {found} shards, and this version uses {count}. Use the version that made them.");
        }
    }
}
