using System.Collections.Concurrent;
using CacheFunctions.Storage;

namespace CacheFunctions.Hits;

/// <summary>The counters of this process: one for each cache, by the cache's name.</summary>
public sealed class HitCounters(IRecordStore store, TimeProvider time) : IAsyncDisposable
{
    // One name for all of a process's rows, so that no two processes ever write the same row.
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, HitCounter> _counters = new(StringComparer.Ordinal);

    /// <param name="cache">A short name that storage takes in a key, as "catalogue".</param>
    public HitCounter Of(string cache) => _counters.GetOrAdd(cache, name => new HitCounter(store, name, _instance, time));

    public async ValueTask DisposeAsync()
    {
        foreach (var counter in _counters.Values) await counter.DisposeAsync();
    }
}
