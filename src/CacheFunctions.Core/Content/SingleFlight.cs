using System.Collections.Concurrent;

namespace CacheFunctions.Content;

/// <summary>Work that is done once at a time for a key, however many ask for it. It goes on when one who waits gives up.</summary>
internal sealed class SingleFlight<TKey, T> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<T>>> _flights = new();

    /// <returns>What the work gave, and whether this caller began it; then it is newer than the call, otherwise it may be older.</returns>
    public async Task<(T Result, bool IsFirst)> RunAsync(TKey key, Func<Task<T>> work, CancellationToken cancellation)
    {
        for (var isAgain = false; ; isAgain = true)
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
            try
            {
                return (await flight.Value.WaitAsync(cancellation), flight == own);
            }
            catch (Exception) when (flight != own && !isAgain && !cancellation.IsCancellationRequested)
            {
                // Begun before this caller came, it may have failed for a reason that is none any more. The next one begins now.
            }
        }
    }
}
