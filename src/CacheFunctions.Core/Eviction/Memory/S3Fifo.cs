namespace CacheFunctions.Eviction.Memory;

/// <summary>
/// S3-FIFO: what is new goes through a small queue, what is used there again into the main one, and what was not is gone
/// soon; a ghost queue remembers keys of the latter, so that they go straight to the main queue when they come back. Juncheng
/// Yang, Yazhuo Zhang, Ziyue Qiu, Yao Yue, K. V. Rashmi, "FIFO Queues are All You Need for Cache Eviction", SOSP 2023.
/// <para>
/// The queues are measured in bytes: the small one is a tenth of the quota, and the ghosts' sizes add up to what the main queue
/// may hold (the paper has as many ghosts as entries of the main queue). A hit counts, up to three.
/// </para>
/// </summary>
public sealed class S3Fifo<TKey>(long quotaBytes, Action<TKey, long>? evicted = null) : CachePolicy<TKey>(quotaBytes, evicted) where TKey : notnull
{
    private const int MaxUses = 3;

    private readonly SlotTable<TKey> _table = new();
    private readonly SlotQueue _small = new();
    private readonly SlotQueue _main = new();
    private readonly SlotQueue _ghosts = new();
    private readonly long _smallBytes = quotaBytes / 10;

    public override long UsedBytes => _small.Bytes + _main.Bytes;

    public override int Count => _small.Count + _main.Count;

    public override bool Access(TKey key)
    {
        var number = _table.Find(key);
        if (number == SlotTable<TKey>.None) return false;
        ref var slot = ref _table.Slots[number];
        if (slot.Queue == _ghosts) return false;
        if (slot.Uses < MaxUses) slot.Uses++;
        return true;
    }

    public override bool Remove(TKey key)
    {
        var slot = _table.Find(key);
        if (slot == SlotTable<TKey>.None || _table.Slots[slot].Queue == _ghosts) return false;
        Drop(slot);
        return true;
    }

    private protected override void Insert(TKey key, long sizeBytes)
    {
        // Asked before room is made, which lets the oldest ghosts go.
        var ghost = _table.Find(key);
        if (ghost != SlotTable<TKey>.None) Drop(ghost);
        while (UsedBytes + sizeBytes > QuotaBytes)
        {
            if (_small.Count > 0 && (_small.Bytes >= _smallBytes || _main.Count == 0)) LookAtSmall();
            else LookAtMain();
        }

        _table.Append(ghost == SlotTable<TKey>.None ? _small : _main, _table.Take(key, sizeBytes));
    }

    private void LookAtSmall()
    {
        var slot = _small.Oldest;
        var isUsed = _table.Slots[slot].Uses > 1;
        _table.Slots[slot].Uses = 0;
        _table.Unlink(slot);
        _table.Append(isUsed ? _main : _ghosts, slot);
        if (isUsed) return;
        var (key, size) = (_table.Slots[slot].Key, _table.Slots[slot].SizeBytes);
        while (_ghosts.Bytes > QuotaBytes - _smallBytes) Drop(_ghosts.Oldest);
        Evicted(key, size);
    }

    private void LookAtMain()
    {
        var slot = _main.Oldest;
        if (_table.Slots[slot].Uses > 0)
        {
            _table.Slots[slot].Uses--;
            _table.Unlink(slot);
            _table.Append(_main, slot);
            return;
        }

        var (key, size) = (_table.Slots[slot].Key, _table.Slots[slot].SizeBytes);
        Drop(slot);
        Evicted(key, size);
    }

    private void Drop(int slot)
    {
        _table.Unlink(slot);
        _table.Free(slot);
    }
}
