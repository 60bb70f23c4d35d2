using CacheFunctions.Content;
using CacheFunctions.Errors;

namespace CacheFunctions.Directories.Quota;

/// <summary>
/// For content of which nobody knows how much will be stored: reserves room for it as it comes, each time as much again as came so
/// far, up to 8 MiB. Gives all of it back when it is disposed of.
/// </summary>
/// <param name="free">For how many bytes no room is needed.</param>
/// <param name="reserve">Reserves so many bytes more; told of all that came so far.</param>
internal sealed class RoomAsItComes(long free, Func<long, long, Task<IDisposable>> reserve) : IDisposable
{
    private const long Least = 64 << 10;
    private const long Most = 8 << 20;

    private readonly List<IDisposable> _reserved = [];
    private long _room = free;
    private long _count;

    /// <summary>What is read through it needs room. The stream itself stays its owner's.</summary>
    public Stream Count(Stream content) => new CountedStream(this, content);

    public void Dispose()
    {
        foreach (var each in _reserved) each.Dispose();
        _reserved.Clear();
    }

    private async ValueTask CameAsync(int bytes)
    {
        _count += bytes;
        if (_count <= _room) return;
        var needed = _count - _room;
        var more = Math.Max(needed, Math.Clamp(_count, Least, Most));
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

    private sealed class CountedStream(RoomAsItComes room, Stream inner) : ForwardOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            await room.CameAsync(read);
            return read;
        }
    }
}
