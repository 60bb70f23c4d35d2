using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Hits;

/// <summary>
/// What other instances have counted, as this one remembers it. Hours that are over change no more, so after the first read
/// only the last ones are read again.
/// </summary>
internal sealed class OtherCounts(HitRows rows, TimeProvider time)
{
    // From here on it is read again beside the requests, so that in steady use none waits for it.
    private static readonly TimeSpan RefreshAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    // An instance writes its last counts of an hour some seconds after it, or later when storage was not to be reached.
    private const int HoursReadAgain = 2;

    private readonly Turn _reading = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<long, HitCounts> _hours = [];
    private long _from = long.MaxValue;
    private long _readHour;
    private long _readAt;
    private int _beside;

    /// <returns>By hour.</returns>
    /// <param name="from">An hour, included.</param>
    public async Task<List<KeyValuePair<long, HitCounts>>> SinceAsync(long from, CancellationToken cancellation)
    {
        if (!Has(from)) await ReadAsync(from, cancellation);
        else if (Age() > RefreshAge && Interlocked.Exchange(ref _beside, 1) == 0) Background.Start(() => BesideAsync(from));
        lock (_lock) return [.. _hours.Where(hour => hour.Key >= from)];
    }

    private TimeSpan Age() => time.GetElapsedTime(Volatile.Read(ref _readAt));

    private bool Has(long from) => from >= Volatile.Read(ref _from) && Age() <= MaxAge;

    private async Task BesideAsync(long from)
    {
        try
        {
            await ReadAsync(from, CancellationToken.None, again: true);
        }
        catch (Exception error) when (error is CacheException or ObjectDisposedException)
        {
            // Who needs it fresh will try it again and be told.
        }
        finally
        {
            Volatile.Write(ref _beside, 0);
        }
    }

    private async Task ReadAsync(long from, CancellationToken cancellation, bool again = false)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (!again && Has(from)) return;
            var (at, now) = (time.GetTimestamp(), HitRows.HourOf(time.GetUtcNow()));
            var begin = from < _from ? from : Math.Max(_from, _readHour - HoursReadAgain);
            var read = await rows.OthersAsync(begin, cancellation);
            lock (_lock)
            {
                foreach (var hour in _hours.Keys.Where(hour => hour >= begin).ToList()) _hours.Remove(hour);
                foreach (var (hour, counts) in read) _hours[hour] = counts;
            }

            _readHour = now;
            Volatile.Write(ref _readAt, at);
            Volatile.Write(ref _from, Math.Min(_from, from));
        }
        finally
        {
            _reading.Release();
        }
    }
}
