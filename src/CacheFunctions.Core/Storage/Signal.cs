namespace CacheFunctions.Storage;

/// <summary>Word of a change to all who wait for one; costs nothing while nobody does. Safe for concurrent use.</summary>
internal sealed class Signal
{
    private TaskCompletionSource? _next;

    /// <summary>Done at the next word. Asked for before one looks how things stand, so that no word is missed.</summary>
    public Task Next
    {
        get
        {
            if (Volatile.Read(ref _next) is { } waited) return waited.Task;
            var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, own, null) ?? own).Task;
        }
    }

    public void Tell() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
