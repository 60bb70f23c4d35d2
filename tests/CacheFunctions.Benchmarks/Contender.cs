using System.Diagnostics;

namespace CacheFunctions.Benchmarks;

/// <summary>One of those that do the same work in turns.</summary>
/// <param name="Work">What is measured; it is given a number that no other use of this contender has, which is below 1 while it warms up.</param>
internal sealed record Contender(string Name, Func<int, Task<Measure>> Work)
{
    /// <summary>What is done before each, and not measured.</summary>
    public Func<int, Task>? Before { get; init; }

    /// <summary>Whose memory is told; null: nobody's.</summary>
    public MeasuredProcess? Process { get; init; }

    /// <summary>How many times as fast as this one the service is promised to be; null: nothing is promised.</summary>
    public double? Promised { get; init; }

    /// <summary>Work that is one answer, whose time is taken here.</summary>
    public static Contender Timed(string name, Func<int, Task> work) => new(name, async use =>
    {
        var start = Stopwatch.GetTimestamp();
        await work(use);
        return new Measure(1, Stopwatch.GetElapsedTime(start));
    });
}

/// <summary>How many answers there were, and how long they took together.</summary>
internal readonly record struct Measure(double Answers, TimeSpan Elapsed);
