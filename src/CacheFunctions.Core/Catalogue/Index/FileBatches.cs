namespace CacheFunctions.Catalogue.Index;

/// <summary>All files of a shard that fit, without an order and without holding more than a batch of them.</summary>
internal static class FileBatches
{
    // Rows looked at while the shard is held.
    private const int RowsPerBatch = 1_000;

    public static IEnumerable<IReadOnlyList<IndexedFile>> Of(RowFilter filter, ShardIndex shard, UserSets users)
    {
        // A file keeps its row, so a place among the rows outlasts the lock. Columns that the shard gave up meanwhile change no more.
        ShardColumns? columns = null;
        for (var (from, length) = (0, int.MaxValue); from < length; from += RowsPerBatch)
        {
            var batch = new List<IndexedFile>();
            var start = from;
            length = 0;
            if (!shard.Read(current => Gather(columns ??= current)) && columns is not null) Gather(columns);
            if (batch.Count > 0) yield return batch;

            void Gather(ShardColumns rows)
            {
                length = rows.Length;
                for (var row = start; row < Math.Min(length, start + RowsPerBatch); row++)
                    if (filter.Fits(rows, row)) batch.Add(IndexedFile.Of(rows, row, users));
            }
        }
    }
}
