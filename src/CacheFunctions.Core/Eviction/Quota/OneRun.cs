using CacheFunctions.Storage;

namespace CacheFunctions.Eviction.Quota;

/// <summary>One run at a time in this instance, and word of its progress to those who wait for room.</summary>
internal sealed class OneRun
{
    private readonly Signal _progress = new();
    private bool _isTaken;

    /// <summary>Done when one more thing is gone, or a run is over. Asked for before a turn is tried, so that nothing is missed.</summary>
    public Task Progress => _progress.Next;

    public bool TryBegin() => !Interlocked.Exchange(ref _isTaken, true);

    public async Task BeginAsync(CancellationToken cancellation)
    {
        for (var progress = Progress; !TryBegin(); progress = Progress)
        {
            // It comes soon: with the next thing that is gone.
            await progress;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public void End()
    {
        Volatile.Write(ref _isTaken, false);
        Tell();
    }

    public void Tell() => _progress.Tell();
}
