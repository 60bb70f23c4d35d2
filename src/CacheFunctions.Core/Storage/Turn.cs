namespace CacheFunctions.Storage;

/// <summary>
/// One caller at a time, in the order in which they came. What waits goes on where its context says, also when it may be
/// called off; <see cref="SemaphoreSlim"/> goes on on a thread of the pool then, which no simulation can replay.
/// </summary>
internal sealed class Turn
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    public bool IsTaken => Volatile.Read(ref _isTaken);

    public async Task WaitAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TaskCompletionSource own;
        lock (_lock)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return;
            }

            own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(own);
        }

        using (cancellation.UnsafeRegister((_, token) => own.TrySetCanceled(token), null)) await own.Task;
    }

    public void Release()
    {
        lock (_lock)
        {
            // Who was called off has no turn to take.
            while (_waiting.TryDequeue(out var next))
                if (next.TrySetResult()) return;
            _isTaken = false;
        }
    }
}
