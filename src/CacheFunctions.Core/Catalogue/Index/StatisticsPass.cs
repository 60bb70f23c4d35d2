namespace CacheFunctions.Catalogue.Index;

/// <summary>Gathers all statistics in one pass. Memory: some bytes for each user, set of users and day.</summary>
internal sealed class StatisticsPass(string? user, DateTimeOffset? since, UserSets users)
{
    private const int Top = 10;

    private static readonly Ranking MostAccessed = new(FileOrder.AccessCount, descending: true);

    private readonly SetMask? _user = user is null ? null : new SetMask(users, name => name == user);
    private readonly long _since = since?.UtcTicks ?? long.MinValue;
    private readonly Tally[] _byFlags = new Tally[FileFlags.Count];
    private readonly Dictionary<long, Tally> _byDay = [];
    private readonly FirstFiles _top = new(MostAccessed, Top);
    private Tally[] _bySet = new Tally[users.Count];
    private long _oldest = long.MaxValue;

    public FileStatistics Run(IReadOnlyList<ShardIndex> shards)
    {
        foreach (var shard in shards) shard.Read(columns => Scan(columns, shard.Shard));
        var byStatus = Sum(FileFlags.Status, _ => true);
        var byOperation = Sum(FileFlags.Trigger, flags => Counts(FileFlags.Status(flags)));
        var byUser = ByUser();
        return new FileStatistics(
            byOperation.Values.Aggregate(default(Tally), (sum, each) => sum.With(each)),
            byStatus,
            byUser.Count,
            _oldest == long.MaxValue ? null : new DateTimeOffset(_oldest, TimeSpan.Zero),
            byOperation,
            [.. _byDay.OrderBy(day => day.Key).Select(day => (DateOnly.FromDayNumber((int)day.Key), day.Value))],
            [.. byUser.Select(user => (User: users.Name(user.Key), Files: user.Value))
                .OrderByDescending(user => user.Files.Files).ThenBy(user => user.User, StringComparer.Ordinal).Take(Top)],
            FoundFiles.Read(_top.Sorted(), new RowFilter(new CachedFilesFilter(), SearchType.Path, includeRemoved: true, users), shards, users));
    }

    private static bool Counts(FileStatus status) => status is FileStatus.Active or FileStatus.Orphaned;

    private void Scan(ShardColumns columns, int shard)
    {
        // Files of one shard mostly follow the order in which they were cached, so the last day is mostly the next one's too.
        var (day, ofDay) = (long.MinValue, default(Tally));
        for (var row = 0; row < columns.Length; row++)
        {
            var flags = columns.Flags[row];
            var cachedAt = columns.CachedAt[row];
            if (!FileFlags.IsFile(flags) || cachedAt < _since || _user?.Holds(columns.Users[row]) == false) continue;
            var size = columns.Sizes[row];
            _byFlags[flags] = _byFlags[flags].With(size);
            if (!Counts(FileFlags.Status(flags))) continue;
            if (cachedAt / TimeSpan.TicksPerDay != day)
            {
                Add(day, ofDay);
                (day, ofDay) = (cachedAt / TimeSpan.TicksPerDay, default);
            }

            ofDay = ofDay.With(size);
            if (cachedAt < _oldest) _oldest = cachedAt;
            var set = columns.Users[row];
            if (set >= _bySet.Length) Array.Resize(ref _bySet, Math.Max(set + 1, users.Count));
            _bySet[set] = _bySet[set].With(size);
            var key = MostAccessed.Key(columns, row);
            if (key <= _top.LastKey && columns.Accesses(row) > 0) _top.Offer(MostAccessed.Candidate(columns, row, key, shard));
        }

        Add(day, ofDay);
    }

    private void Add(long day, Tally files)
    {
        if (files.Files > 0) _byDay[day] = _byDay.GetValueOrDefault(day).With(files);
    }

    private Dictionary<T, Tally> Sum<T>(Func<int, T> by, Func<int, bool> counts)
        where T : struct, Enum
    {
        var sums = Enum.GetValues<T>().ToDictionary(value => value, _ => default(Tally));
        for (var flags = 0; flags < FileFlags.Count; flags++)
            if (_byFlags[flags].Files > 0 && counts(flags)) sums[by(flags)] = sums[by(flags)].With(_byFlags[flags]);
        return sums;
    }

    private Dictionary<int, Tally> ByUser()
    {
        var byUser = new Dictionary<int, Tally>();
        for (var set = 0; set < _bySet.Length; set++)
        {
            if (_bySet[set].Files == 0) continue;
            foreach (var member in users.Members(set))
                if (user is null || users.Name(member) == user) byUser[member] = byUser.GetValueOrDefault(member).With(_bySet[set]);
        }

        return byUser;
    }
}
