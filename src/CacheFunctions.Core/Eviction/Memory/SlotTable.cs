namespace CacheFunctions.Eviction.Memory;

/// <summary>Keys in slots of one array, found by a hash table and linked into queues by their numbers: no object for a key.</summary>
internal sealed class SlotTable<TKey> where TKey : notnull
{
    public const int None = -1;

    private readonly Dictionary<TKey, int> _numbers = [];
    private int _free = None;
    private int _taken;

    /// <summary>Valid until the next <see cref="Take"/>.</summary>
    public Slot[] Slots = new Slot[16];

    /// <returns><see cref="None"/>: there is no such key.</returns>
    public int Find(TKey key) => _numbers.TryGetValue(key, out var slot) ? slot : None;

    /// <summary>A slot in no queue.</summary>
    public int Take(TKey key, long sizeBytes)
    {
        var slot = _free;
        if (slot != None) _free = Slots[slot].Newer;
        else
        {
            if (_taken == Slots.Length) Array.Resize(ref Slots, _taken * 2);
            slot = _taken++;
        }

        Slots[slot] = new Slot { Key = key, SizeBytes = sizeBytes, Older = None, Newer = None };
        _numbers.Add(key, slot);
        return slot;
    }

    /// <summary>Forgets the key of a slot that is in no queue.</summary>
    public void Free(int slot)
    {
        _numbers.Remove(Slots[slot].Key);
        Slots[slot] = new Slot { Key = default!, Newer = _free };
        _free = slot;
    }

    public void Append(SlotQueue queue, int slot)
    {
        (Slots[slot].Older, Slots[slot].Newer, Slots[slot].Queue) = (queue.Newest, None, queue);
        if (queue.Newest == None) queue.Oldest = slot;
        else Slots[queue.Newest].Newer = slot;
        queue.Newest = slot;
        queue.Bytes += Slots[slot].SizeBytes;
        queue.Count++;
    }

    public void Unlink(int slot)
    {
        var (older, newer, queue) = (Slots[slot].Older, Slots[slot].Newer, Slots[slot].Queue!);
        if (older == None) queue.Oldest = newer;
        else Slots[older].Newer = newer;
        if (newer == None) queue.Newest = older;
        else Slots[newer].Older = older;
        queue.Bytes -= Slots[slot].SizeBytes;
        queue.Count--;
    }

    public struct Slot
    {
        public TKey Key;
        public long SizeBytes;
        public SlotQueue? Queue;
        public int Older;

        /// <summary>Of a free slot: the next free one.</summary>
        public int Newer;

        /// <summary>What a policy counts of uses.</summary>
        public int Uses;
    }
}

/// <summary>Slots in the order in which they came, as their table links them.</summary>
internal sealed class SlotQueue
{
    public int Oldest = -1;
    public int Newest = -1;
    public int Count;
    public long Bytes;
}
