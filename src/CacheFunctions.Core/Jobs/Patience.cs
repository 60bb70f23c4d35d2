namespace CacheFunctions.Jobs;

/// <summary>For how long the caller of one request waits. What is not done by then goes on as a job.</summary>
public sealed class Patience
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _end;

    /// <summary>Begins now.</summary>
    public Patience(TimeProvider time) => (_time, _end) = (time, time.GetUtcNow() + Length);

    /// <summary>None when it has ended.</summary>
    public TimeSpan Left => _end - _time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Does work that is usually quick, and stops it when the caller would wait too long.</summary>
    /// <param name="work">Its token stops it; once it has returned, nothing of it goes on.</param>
    /// <returns>Whether it came to its end.</returns>
    public async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var ended = new CancellationTokenSource(Left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, cancellation);
        try
        {
            await work(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc cref="TryAsync(Func{CancellationToken, Task}, CancellationToken)"/>
    /// <returns>null: it was stopped.</returns>
    public async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation) where T : class
    {
        T? result = null;
        await TryAsync(async token => { result = await work(token); }, cancellation);
        return result;
    }
}
