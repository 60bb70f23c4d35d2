using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Catalogue.Index;

/// <summary>Chooses among all files that may be evicted.</summary>
internal static class EvictablePass
{
    private static readonly bool[] Evictable = FileFlags.Table(FileFlags.Evictable);

    public static Choice Run(VictimSelection selection, Func<StoredItem, bool> mayGo, IReadOnlyList<ShardIndex> shards)
    {
        foreach (var shard in shards)
        {
            shard.Read(columns =>
            {
                for (var row = 0; row < columns.Length; row++)
                {
                    if (!Evictable[columns.Flags[row]]) continue;
                    var item = new StoredItem(
                        columns.Ids[row], columns.Sizes[row], columns.CachedAt[row], columns.LastAccessed[row], columns.Accesses(row));
                    if (mayGo(item)) selection.Offer(item);
                }
            });
        }

        return selection.Choose();
    }
}
