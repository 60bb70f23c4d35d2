using System.Globalization;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Simulation;

/// <summary>
/// Runs asynchronous code on one thread, in an order that a seed decides, on a clock that jumps to the next timer when
/// nothing else is left to do. The same seed gives the same run.
/// </summary>
public sealed class SimulatedWorld : SynchronizationContext
{
    // More than any run takes that comes to an end.
    private const int MaxSteps = 2_000_000;

    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly SimulatedTime _time = new();
    private readonly Thread _thread = Thread.CurrentThread;
    private int _steps;
    private string? _escape;

    private SimulatedWorld(int seed) => (Random, Ids) = (new Random(seed), new SeededIds(seed));

    public Random Random { get; }

    public RandomIds Ids { get; }

    public TimeProvider Time => _time;

    /// <summary>Told of every step, and of whatever else a run is compared by; null: nobody compares.</summary>
    public Action<string>? Trace { get; private init; }

    /// <summary>Runs to the end. A failure names the seed.</summary>
    public static void Run(int seed, Func<SimulatedWorld, Task> body, Action<string>? trace = null)
    {
        var before = Current;
        var world = new SimulatedWorld(seed) { Trace = trace };
        try
        {
            SetSynchronizationContext(world);
            var task = body(world);
            while (!task.IsCompleted) world.Step();
            task.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Seed {seed} failed: {error.Message}", error);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread) _ready.Add((d, state));
        else Volatile.Write(ref _escape, Environment.StackTrace);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    private void Step()
    {
        if (++_steps > MaxSteps) throw new InvalidOperationException("The run does not come to an end.");
        if (_ready.Count == 0)
        {
            if (_time.Advance()) return;
            // What went on elsewhere in spite of this context comes back in a moment, and tells where it was.
            SpinWait.SpinUntil(() => Volatile.Read(ref _escape) is not null, TimeSpan.FromSeconds(1));
            throw new InvalidOperationException(_escape is { } trace
                ? $"Something went on on another thread: {trace}"
                : "Nothing is left to do, but the run has not ended: a deadlock.");
        }

        var next = Random.Next(_ready.Count);
        Trace?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():O} {next} of {_ready.Count}"));
        var (callback, state) = _ready[next];
        _ready.RemoveAt(next);
        callback(state);
    }
}
