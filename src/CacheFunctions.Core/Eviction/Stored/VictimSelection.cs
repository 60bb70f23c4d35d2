namespace CacheFunctions.Eviction.Stored;

/// <summary>
/// Chooses what to evict out of many: the first of an order, until enough bytes are free. Candidates gather until there are twice
/// as many as are needed; then they are sorted and the rest is dropped, and from there on most are dropped by one compare. So it is
/// O(n + k log k log(n/k)) for k chosen ones out of n in no order, and memory for about twice the chosen ones alone.
/// </summary>
/// <param name="bytesToFree">From 1.</param>
/// <param name="take">How many are chosen at the most, even if that is not enough; from 1.</param>
internal sealed class VictimSelection(StoredPolicy policy, long bytesToFree, int take)
{
    private const int NextCount = Choice.NextCount;

    private readonly long _bytesToFree = bytesToFree > 0 ? bytesToFree : throw new ArgumentOutOfRangeException(nameof(bytesToFree));
    private readonly List<(Rank Rank, StoredItem Item)> _next = [];
    private Rank[] _ranks = new Rank[64];
    private StoredItem[] _items = new StoredItem[64];
    private int _count;
    private bool _isEnough;
    private Rank _last;
    private StoredItem _newestSpared;
    private long _offeredBytes;

    public void Offer(in StoredItem item)
    {
        if (item.SizeBytes == 0) return;
        _offeredBytes += item.SizeBytes;
        var rank = policy.RankOf(item);
        if (_isEnough && rank.CompareTo(_last) > 0)
        {
            Spare(item, rank);
            return;
        }

        if (_count == _items.Length)
        {
            Cut();
            if (_count > _items.Length / 2)
            {
                Array.Resize(ref _ranks, _count * 2);
                Array.Resize(ref _items, _count * 2);
            }
        }

        _ranks[_count] = rank;
        _items[_count++] = item;
    }

    /// <summary>Nothing may be offered afterwards.</summary>
    public Choice Choose()
    {
        Cut();
        return new Choice(policy, _items[.._count], [.. _next.Select(next => next.Item)], _newestSpared, _offeredBytes);
    }

    /// <summary>Sorts what has gathered, and drops what is not needed.</summary>
    private void Cut()
    {
        Array.Sort(_ranks, _items, 0, _count);
        var (kept, bytes) = (0, 0L);
        while (kept < _count && kept < take && bytes < _bytesToFree) bytes += _items[kept++].SizeBytes;
        for (var i = kept; i < _count; i++) Spare(_items[i], _ranks[i]);
        _count = kept;
        _isEnough = kept == take || bytes >= _bytesToFree;
        if (kept > 0) _last = _ranks[kept - 1];
    }

    // What is spared once never becomes a victim: what is enough only grows.
    private void Spare(in StoredItem item, Rank rank)
    {
        if (item.AddedAt > _newestSpared.AddedAt || (item.AddedAt == _newestSpared.AddedAt && item.Id.CompareTo(_newestSpared.Id) > 0))
            _newestSpared = item;
        if (_next.Count == NextCount && rank.CompareTo(_next[^1].Rank) > 0) return;
        var place = _next.Count;
        while (place > 0 && rank.CompareTo(_next[place - 1].Rank) < 0) place--;
        _next.Insert(place, (rank, item));
        if (_next.Count > NextCount) _next.RemoveAt(NextCount);
    }
}
