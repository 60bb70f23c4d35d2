namespace CacheFunctions.Catalogue.Index;

/// <summary>What a pass found, read whole.</summary>
internal static class FoundFiles
{
    /// <returns>null: there is no such file.</returns>
    public static IndexedFile? Find(Guid id, ShardIndex shard, UserSets users)
    {
        IndexedFile? found = null;
        shard.Read(columns =>
        {
            var row = columns.Find(id);
            if (row >= 0) found = IndexedFile.Of(columns, row, users);
        });
        return found;
    }

    /// <returns>In the order given, without those that were changed since the pass so that they fit no more.</returns>
    public static List<IndexedFile> Read(
        IReadOnlyCollection<Candidate> found, RowFilter filter, IReadOnlyList<ShardIndex> shards, UserSets users)
    {
        var files = new List<IndexedFile>(found.Count);
        foreach (var candidate in found)
        {
            shards[candidate.Shard].Read(columns =>
            {
                var row = columns.Find(candidate.Id);
                if (row >= 0 && filter.Fits(columns, row)) files.Add(IndexedFile.Of(columns, row, users));
            });
        }

        return files;
    }
}
