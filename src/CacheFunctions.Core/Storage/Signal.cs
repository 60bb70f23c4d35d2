namespace CacheFunctions.Storage;

/// <summary>Word of a change to all who wait for one. Safe for concurrent use.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    /// <summary>Done at the next word. Asked for before one looks how things stand, so that no word is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Tell() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
