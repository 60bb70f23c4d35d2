using CacheFunctions.Content;
using CacheFunctions.Errors;

namespace CacheFunctions.Directories.Quota;

/// <summary>Content whose length nobody told: reserves room for it as it comes, each time as much again as came so far, up to 8 MiB.</summary>
/// <param name="free">For how many bytes no room is needed.</param>
/// <param name="reserve">Reserves so many bytes more; told of all that came so far.</param>
internal sealed class RoomAsItComes(Stream inner, long free, Func<long, long, Task<IDisposable>> reserve) : ForwardOnlyStream
{
    private const long Least = 64 << 10;
    private const long Most = 8 << 20;

    private readonly List<IDisposable> _reserved = [];
    private long _room = free;
    private long _count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _count += read;
        if (_count > _room) await ReserveAsync(_count - _room, Math.Clamp(_count, Least, Most));
        return read;
    }

    private async Task ReserveAsync(long needed, long wanted)
    {
        var more = Math.Max(needed, wanted);
        try
        {
            _reserved.Add(await reserve(more, _count));
        }
        catch (CacheException error) when (error.Code == ErrorCode.QuotaExceeded && more > needed)
        {
            _reserved.Add(await reserve(more = needed, _count));
        }

        _room += more;
    }

    /// <summary>Gives back all that was reserved; the stream itself is its owner's.</summary>
    protected override void Dispose(bool disposing)
    {
        foreach (var each in _reserved) each.Dispose();
        _reserved.Clear();
        base.Dispose(disposing);
    }
}
