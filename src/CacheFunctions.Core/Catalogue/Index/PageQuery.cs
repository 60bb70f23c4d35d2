using CacheFunctions.Errors;

namespace CacheFunctions.Catalogue.Index;

/// <summary>One page: a pass over all shards that counts the matches and keeps the first ones, then the page's files themselves.</summary>
internal sealed class PageQuery(FilesQuery query, IReadOnlyList<ShardIndex> shards, UserSets users)
{
    private readonly RowFilter _filter = new(query.Filter, query.SearchType, query.IncludeRemoved, users);
    private readonly Ranking _ranking = new(query.Order, query.Descending);
    private readonly FirstFiles _first = new(new Ranking(query.Order, query.Descending), checked(query.Offset + query.Limit));
    private readonly Candidate? _after = After(query);
    private long _total;
    private long _behind;

    public FilesPage Run()
    {
        foreach (var shard in shards) shard.Read(columns => Scan(columns, shard.Shard));
        var page = _first.Sorted();
        if (query.Offset > 0) page.RemoveRange(0, Math.Min(query.Offset, page.Count));
        var next = page.Count > 0 && _behind > query.Offset + page.Count ? _ranking.Cursor(page[^1]) : null;
        return new FilesPage(FoundFiles.Read(page, _filter, shards, users), _total, next);
    }

    private static Candidate? After(FilesQuery query)
    {
        if (query.After is not { } after) return null;
        if (after.Order != query.Order || after.Descending != query.Descending)
            throw CacheException.Invalid("cursor", "is of a list in another order. Begin again without it.");
        return Ranking.Candidate(after);
    }

    // The one loop that every row of every list goes through: what is the same for all rows stands before it.
    private void Scan(ShardColumns columns, int shard)
    {
        var flags = columns.Flags.AsSpan(0, columns.Length);
        var column = _ranking.Column(columns);
        var (turn, first) = (_ranking.Turn, _after?.Key ?? long.MinValue);
        var (total, behind) = (0L, 0L);
        for (var row = 0; row < flags.Length; row++)
        {
            if (!_filter.FitsFlags(flags[row]) || !_filter.FitsRest(columns, row)) continue;
            total++;
            var key = column is null ? _ranking.Key(columns, row) : column[row] ^ turn;
            if (key < first || (key == first && !IsBehind(columns, row, key))) continue;
            behind++;
            if (key <= _first.LastKey) _first.Offer(_ranking.Candidate(columns, row, key, shard));
        }

        _total += total;
        _behind += behind;
    }

    private bool IsBehind(ShardColumns columns, int row, long key) =>
        _after is not { } after || _ranking.Compare(_ranking.Candidate(columns, row, key, 0), after) > 0;
}
