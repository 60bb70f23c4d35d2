using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// From id to row: open addressing with linear probing, four bytes a slot, at most three of four slots in use. The ids
/// themselves stay in their column. Expected O(1).
/// </summary>
internal sealed class IdMap
{
    // Ids are made from hashes, but who may choose paths may choose some of their bits.
    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // A row's number plus one; 0: empty.
    private int[] _slots;
    private int _count;

    /// <param name="capacity">How many ids it must hold without growing.</param>
    public IdMap(int capacity = 0) => _slots = new int[SlotsFor(capacity)];

    /// <returns>-1: there is no such id.</returns>
    public int Find(Guid[] ids, Guid id)
    {
        for (var slot = SlotOf(id); _slots[slot] != 0; slot = Next(slot))
            if (ids[_slots[slot] - 1] == id) return _slots[slot] - 1;
        return -1;
    }

    /// <summary>Adds the id of a row, which is not in here yet.</summary>
    public void Add(Guid[] ids, int row)
    {
        if ((_count + 1) * 4L > _slots.Length * 3L) Grow(ids);
        Put(ids[row], row);
        _count++;
    }

    /// <summary>Removes an id that is in here, while its column still holds it.</summary>
    public void Remove(Guid[] ids, Guid id)
    {
        var hole = SlotOf(id);
        while (ids[_slots[hole] - 1] != id) hole = Next(hole);
        // What was pushed on by the removed one moves back, so that no mark of it need stay.
        for (var slot = Next(hole); _slots[slot] != 0; slot = Next(slot))
        {
            var home = SlotOf(ids[_slots[slot] - 1]);
            if (((slot - home) & (_slots.Length - 1)) < ((slot - hole) & (_slots.Length - 1))) continue;
            _slots[hole] = _slots[slot];
            hole = slot;
        }

        _slots[hole] = 0;
        _count--;
    }

    private static int SlotsFor(int capacity)
    {
        var slots = 16;
        while (slots * 3L < capacity * 4L) slots *= 2;
        return slots;
    }

    private void Grow(Guid[] ids)
    {
        var old = _slots;
        _slots = new int[old.Length * 2];
        foreach (var entry in old)
            if (entry != 0) Put(ids[entry - 1], entry - 1);
    }

    private void Put(Guid id, int row)
    {
        var slot = SlotOf(id);
        while (_slots[slot] != 0) slot = Next(slot);
        _slots[slot] = row + 1;
    }

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private int SlotOf(Guid id)
    {
        // The first bytes of an id give its shard, so within one they differ too little.
        var bits = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in id))[1];
        return (int)((bits ^ Seed) * 0x9E3779B97F4A7C15 >> 32) & (_slots.Length - 1);
    }
}
