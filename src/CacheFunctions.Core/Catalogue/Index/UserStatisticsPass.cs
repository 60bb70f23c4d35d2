namespace CacheFunctions.Catalogue.Index;

/// <summary>Gathers the statistics of one user in one pass.</summary>
internal static class UserStatisticsPass
{
    private const int RecentCount = 10;

    private static readonly Ranking Newest = new(FileOrder.CachedAt, descending: true);

    public static UserStatistics Run(string user, DateTimeOffset since, IReadOnlyList<ShardIndex> shards, UserSets users)
    {
        var filter = new RowFilter(new CachedFilesFilter(UserId: user, CachedSince: since), SearchType.Path, includeRemoved: false, users);
        var byFlags = new Tally[FileFlags.Count];
        var recent = new FirstFiles(Newest, RecentCount);
        foreach (var shard in shards)
        {
            shard.Read(columns =>
            {
                for (var row = 0; row < columns.Length; row++)
                {
                    if (!filter.Fits(columns, row)) continue;
                    byFlags[columns.Flags[row]] = byFlags[columns.Flags[row]].With(columns.Sizes[row]);
                    var key = Newest.Key(columns, row);
                    if (key <= recent.LastKey) recent.Offer(Newest.Candidate(columns, row, key, shard.Shard));
                }
            });
        }

        var byOperation = Enum.GetValues<CacheTrigger>().ToDictionary(trigger => trigger, trigger => Sum(flags => FileFlags.Trigger(flags) == trigger));
        var common = byOperation.Where(each => each.Value.Files > 0).OrderByDescending(each => each.Value.Files).ThenBy(each => each.Key).ToList();
        return new UserStatistics(
            Sum(_ => true),
            Sum(flags => FileFlags.Status(flags) == FileStatus.Active),
            common.Count > 0 ? common[0].Key : null,
            byOperation,
            FoundFiles.Read(recent.Sorted(), filter, shards, users));

        Tally Sum(Func<int, bool> fits)
        {
            var sum = default(Tally);
            for (var flags = 0; flags < FileFlags.Count; flags++)
                if (byFlags[flags].Files > 0 && fits(flags)) sum = sum.With(byFlags[flags]);
            return sum;
        }
    }
}
