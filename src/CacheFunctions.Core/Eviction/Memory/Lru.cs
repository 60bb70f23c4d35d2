namespace CacheFunctions.Eviction.Memory;

/// <summary>
/// Least recently used first: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage
/// hierarchies", IBM Systems Journal 9(2), 1970. What the others are compared with.
/// </summary>
public sealed class Lru<TKey>(long quotaBytes, Action<TKey, long>? evicted = null) : CachePolicy<TKey>(quotaBytes, evicted) where TKey : notnull
{
    private readonly SlotTable<TKey> _table = new();
    private readonly SlotQueue _queue = new();

    public override long UsedBytes => _queue.Bytes;

    public override int Count => _queue.Count;

    public override bool Access(TKey key)
    {
        var slot = _table.Find(key);
        if (slot == SlotTable<TKey>.None) return false;
        if (slot == _queue.Newest) return true;
        _table.Unlink(slot);
        _table.Append(_queue, slot);
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
        while (_queue.Bytes + sizeBytes > QuotaBytes)
        {
            var (oldest, size) = (_table.Slots[_queue.Oldest].Key, _table.Slots[_queue.Oldest].SizeBytes);
            Drop(_queue.Oldest);
            Evicted(oldest, size);
        }

        _table.Append(_queue, _table.Take(key, sizeBytes));
    }

    private void Drop(int slot)
    {
        _table.Unlink(slot);
        _table.Free(slot);
    }
}
