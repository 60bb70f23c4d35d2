using System.Collections.Concurrent;

namespace CacheFunctions.Content;

/// <summary>Work that is done once at a time for a key, however many ask for it. It goes on when one who waits gives up.</summary>
internal sealed class SingleFlight<TKey, T> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<T>>> _flights = new();

    /// <returns>What the work gave, and whether this caller began it.</returns>
    public async Task<(T Result, bool IsFirst)> RunAsync(TKey key, Func<Task<T>> work, CancellationToken cancellation)
    {
        var own = new Lazy<Task<T>>(async () =>
        {
            try
            {
                return await work();
            }
            finally
            {
                _flights.TryRemove(key, out _);
            }
        });
        var flight = _flights.GetOrAdd(key, own);
        return (await flight.Value.WaitAsync(cancellation), flight == own);
    }
}
