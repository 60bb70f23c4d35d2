namespace CacheFunctions.Tests.Eviction;

/// <summary>A cache said in the plainest way: lists, looked through from end to end.</summary>
internal abstract class NaivePolicy(long quota)
{
    public List<ulong> Evicted { get; } = [];

    public abstract long Used { get; }

    protected long Quota => quota;

    public bool Access(ulong key, long size)
    {
        if (IsHit(key)) return true;
        if (size <= quota) Insert(new NaiveItem { Key = key, Size = size });
        return false;
    }

    protected abstract bool IsHit(ulong key);

    protected abstract void Insert(NaiveItem item);
}

internal sealed class NaiveItem
{
    public required ulong Key { get; init; }

    public required long Size { get; init; }

    public int Uses { get; set; }

    public int LastUsed { get; set; }
}

/// <summary>One list, oldest first, from which the one with the smallest number goes.</summary>
internal sealed class NaiveOrder(long quota, Func<NaiveItem, (int, int)> order) : NaivePolicy(quota)
{
    private readonly List<NaiveItem> _items = [];
    private int _clock;

    public override long Used => _items.Sum(item => item.Size);

    protected override bool IsHit(ulong key)
    {
        if (_items.Find(item => item.Key == key) is not { } hit) return false;
        (hit.LastUsed, hit.Uses) = (++_clock, hit.Uses + 1);
        return true;
    }

    protected override void Insert(NaiveItem item)
    {
        while (Used + item.Size > Quota)
        {
            var victim = _items.MinBy(order)!;
            _items.Remove(victim);
            Evicted.Add(victim.Key);
        }

        item.LastUsed = ++_clock;
        _items.Add(item);
    }
}

/// <summary>Algorithm 1 of the SIEVE paper; the list is oldest first.</summary>
internal sealed class NaiveSieve(long quota) : NaivePolicy(quota)
{
    private readonly List<NaiveItem> _items = [];
    private NaiveItem? _hand;

    public override long Used => _items.Sum(item => item.Size);

    protected override bool IsHit(ulong key)
    {
        if (_items.Find(item => item.Key == key) is not { } hit) return false;
        hit.Uses = 1;
        return true;
    }

    protected override void Insert(NaiveItem item)
    {
        while (Used + item.Size > Quota)
        {
            var at = _hand ?? _items[0];
            while (at.Uses == 1)
            {
                at.Uses = 0;
                at = Newer(at) ?? _items[0];
            }

            _hand = Newer(at);
            _items.Remove(at);
            Evicted.Add(at.Key);
        }

        _items.Add(item);
    }

    private NaiveItem? Newer(NaiveItem item) => _items.ElementAtOrDefault(_items.IndexOf(item) + 1);
}

/// <summary>Algorithm 1 of the S3-FIFO paper; the lists are oldest first, and the queues' sizes are bytes.</summary>
internal sealed class NaiveS3Fifo(long quota) : NaivePolicy(quota)
{
    private readonly List<NaiveItem> _small = [];
    private readonly List<NaiveItem> _main = [];
    private readonly List<NaiveItem> _ghosts = [];

    public override long Used => Bytes(_small) + Bytes(_main);

    protected override bool IsHit(ulong key)
    {
        if (_small.Concat(_main).FirstOrDefault(item => item.Key == key) is not { } hit) return false;
        hit.Uses = Math.Min(hit.Uses + 1, 3);
        return true;
    }

    protected override void Insert(NaiveItem item)
    {
        var wasGhost = _ghosts.RemoveAll(ghost => ghost.Key == item.Key) > 0;
        while (Used + item.Size > Quota)
        {
            if (_small.Count > 0 && (Bytes(_small) >= Quota / 10 || _main.Count == 0)) EvictSmall();
            else EvictMain();
        }

        (wasGhost ? _main : _small).Add(item);
    }

    private static long Bytes(List<NaiveItem> items) => items.Sum(item => item.Size);

    private void EvictSmall()
    {
        var item = _small[0];
        _small.RemoveAt(0);
        if (item.Uses > 1)
        {
            item.Uses = 0;
            _main.Add(item);
            return;
        }

        _ghosts.Add(item);
        while (Bytes(_ghosts) > Quota - Quota / 10) _ghosts.RemoveAt(0);
        Evicted.Add(item.Key);
    }

    private void EvictMain()
    {
        var item = _main[0];
        _main.RemoveAt(0);
        if (item.Uses > 0)
        {
            item.Uses--;
            _main.Add(item);
            return;
        }

        Evicted.Add(item.Key);
    }
}
