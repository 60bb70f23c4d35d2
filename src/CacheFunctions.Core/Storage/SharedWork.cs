using CacheFunctions.Errors;

namespace CacheFunctions.Storage;

/// <summary>
/// Work that one caller at a time does, for all who wait. Who came before it was begun is told of its failure too: else each would try in
/// turn, and the last of many would wait many times as long for storage that does not answer.
/// </summary>
internal sealed class SharedWork
{
    private readonly Turn _turn = new();
    private long _begun;
    private (long Run, CacheException Error)? _failed;

    /// <param name="isDone">Whether what others did meanwhile serves this caller too.</param>
    /// <returns>Whether this caller did it.</returns>
    public async Task<bool> RunAsync(Func<bool> isDone, Func<Task> work, CancellationToken cancellation)
    {
        var before = Volatile.Read(ref _begun);
        await _turn.WaitAsync(cancellation);
        try
        {
            if (isDone()) return false;
            if (_failed is var (run, error) && run > before) throw new CacheException(error.Code, error.Message, error.Details, error) { RetryAfter = error.RetryAfter };
            var own = Interlocked.Increment(ref _begun);
            try
            {
                await work();
                return true;
            }
            catch (CacheException failure)
            {
                _failed = (own, failure);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
