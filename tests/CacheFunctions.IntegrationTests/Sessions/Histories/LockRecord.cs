using System.Collections.Concurrent;
using System.Diagnostics;

namespace CacheFunctions.IntegrationTests.Sessions.Histories;

/// <summary>What all clients saw, with the times of one clock.</summary>
/// <param name="grants">How many are enough.</param>
internal sealed class LockRecord(int grants)
{
    private readonly ConcurrentQueue<LockCall> _calls = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _freed = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private (LockAct Act, int Left, TaskCompletionSource Come)? _awaited;
    private int _granted;

    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    public IReadOnlyCollection<LockCall> Calls => _calls;

    /// <summary>Whether no more kill is to come, and enough was granted.</summary>
    public bool IsEnough => IsLast && Volatile.Read(ref _granted) >= grants;

    public bool IsLast { get; set; }

    public LockCall Add(LockCall call)
    {
        _calls.Enqueue(call);
        if (call.IsGrant) Interlocked.Increment(ref _granted);
        return call;
    }

    /// <summary>Completes when the call is sent that many times more.</summary>
    public Task SentAsync(LockAct act, int times)
    {
        lock (_calls)
        {
            var come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited = (act, times, come);
            return come.Task;
        }
    }

    public void Sending(LockAct act)
    {
        lock (_calls)
        {
            if (_awaited is not { } awaited || awaited.Act != act) return;
            if (awaited.Left == 1) awaited.Come.TrySetResult();
            _awaited = awaited with { Left = awaited.Left - 1 };
        }
    }

    public void Freed(string path)
    {
        if (_freed.TryRemove(path, out var waiting)) waiting.TrySetResult();
    }

    /// <summary>Until somebody lets the lock go; it may also expire unseen, so not for long.</summary>
    public async Task FreedAsync(string path, TimeSpan patience)
    {
        var freed = _freed.GetOrAdd(path, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await freed.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            // Looks again.
        }
    }
}
