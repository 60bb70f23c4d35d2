namespace CacheFunctions.Eviction.Memory;

/// <summary>
/// SIEVE: a queue in the order of insertion, a bit for what was visited, and a hand that goes from the oldest to the newest,
/// takes bits away and evicts what had none. Yazhuo Zhang, Juncheng Yang, Yao Yue, Ymir Vigfusson, K. V. Rashmi, "SIEVE is
/// Simpler than LRU: an Efficient Turn-Key Eviction Algorithm for Web Caches", NSDI 2024. A hit writes one bit.
/// </summary>
public sealed class Sieve<TKey>(long quotaBytes, Action<TKey, long>? evicted = null) : CachePolicy<TKey>(quotaBytes, evicted) where TKey : notnull
{
    private readonly SlotTable<TKey> _table = new();
    private readonly SlotQueue _queue = new();

    // The slot to be looked at next; None: the oldest.
    private int _hand = SlotTable<TKey>.None;

    public override long UsedBytes => _queue.Bytes;

    public override int Count => _queue.Count;

    public override bool Access(TKey key)
    {
        var slot = _table.Find(key);
        if (slot == SlotTable<TKey>.None) return false;
        _table.Slots[slot].Uses = 1;
        return true;
    }

    public override bool Remove(TKey key)
    {
        var slot = _table.Find(key);
        if (slot == SlotTable<TKey>.None) return false;
        Drop(slot);
        return true;
    }

    private protected override void Insert(TKey key, long sizeBytes)
    {
        while (_queue.Bytes + sizeBytes > QuotaBytes) EvictOne();
        _table.Append(_queue, _table.Take(key, sizeBytes));
    }

    private void EvictOne()
    {
        if (_hand == SlotTable<TKey>.None) _hand = _queue.Oldest;
        while (_table.Slots[_hand].Uses > 0)
        {
            _table.Slots[_hand].Uses = 0;
            _hand = _table.Slots[_hand].Newer;
            if (_hand == SlotTable<TKey>.None) _hand = _queue.Oldest;
        }

        var (key, size) = (_table.Slots[_hand].Key, _table.Slots[_hand].SizeBytes);
        Drop(_hand);
        Evicted(key, size);
    }

    private void Drop(int slot)
    {
        if (slot == _hand) _hand = _table.Slots[slot].Newer;
        _table.Unlink(slot);
        _table.Free(slot);
    }
}
