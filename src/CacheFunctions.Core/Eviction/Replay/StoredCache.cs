using System.Buffers.Binary;
using CacheFunctions.Eviction.Memory;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Eviction.Replay;

/// <summary>
/// A cache of stored things as the service keeps one: rows with times and counts, and evictions from the high watermark down to
/// the low one, by the service's own selection. Not for serving: an eviction looks at all rows (amortised some ten for each miss).
/// </summary>
internal sealed class StoredCache : CachePolicy<ulong>
{
    private const int TakeAll = int.MaxValue;

    private readonly Dictionary<ulong, int> _rows = [];
    private readonly string _policy;
    private readonly long _highBytes;
    private readonly long _lowBytes;
    private StoredItem[] _items = new StoredItem[16];
    private string? _remembered;
    private long _clock;
    private long _used;

    /// <param name="watermarks">null: evict only when the quota is full, and only what is needed, as the papers do.</param>
    public StoredCache(string policy, long quotaBytes, Watermarks? watermarks, Action<ulong, long>? evicted = null)
        : base(quotaBytes, evicted)
    {
        _policy = policy;
        (_highBytes, _lowBytes) = watermarks is null ? (quotaBytes, quotaBytes) : (watermarks.HighBytes, watermarks.LowBytes);
    }

    public override long UsedBytes => _used;

    public override int Count => _rows.Count;

    public override bool Access(ulong key)
    {
        if (!_rows.TryGetValue(key, out var row)) return false;
        ref var item = ref _items[row];
        item = item with { LastAccessed = ++_clock, AccessCount = item.AccessCount + 1 };
        return true;
    }

    public override bool Remove(ulong key)
    {
        if (!_rows.Remove(key, out var row)) return false;
        _used -= _items[row].SizeBytes;
        // The last row takes the free place.
        if (row == _rows.Count) return true;
        _items[row] = _items[_rows.Count];
        _rows[KeyOf(_items[row].Id)] = row;
        return true;
    }

    private protected override void Insert(ulong key, long sizeBytes)
    {
        if (_used + sizeBytes > _highBytes) Evict(_used - Math.Min(_lowBytes, QuotaBytes - sizeBytes));
        if (_rows.Count == _items.Length) Array.Resize(ref _items, _items.Length * 2);
        _items[_rows.Count] = new StoredItem(IdOf(key), sizeBytes, ++_clock, 0, 0);
        _rows.Add(key, _rows.Count);
        _used += sizeBytes;
    }

    private void Evict(long bytes)
    {
        if (bytes <= 0) return;
        var now = new DateTimeOffset(++_clock, TimeSpan.Zero);
        var selection = new VictimSelection(StoredPolicies.Create(_policy, _remembered), bytes, TakeAll);
        for (var row = 0; row < _rows.Count; row++) selection.Offer(_items[row]);
        var chosen = selection.Choose();
        _remembered = chosen.Policy.Remember(chosen, now);
        foreach (var victim in chosen.Victims)
        {
            Remove(KeyOf(victim.Id));
            Evicted(KeyOf(victim.Id), victim.SizeBytes);
        }
    }

    private static Guid IdOf(ulong key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, key);
        return new Guid(bytes);
    }

    private static ulong KeyOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
