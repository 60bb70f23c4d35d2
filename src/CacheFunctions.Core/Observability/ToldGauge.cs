using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CacheFunctions.Observability;

/// <summary>
/// A gauge of what is learned now and then, by work that looks at it anyway: being observed costs no call to storage. What was told too long
/// ago is not told on: another instance may look at it now, or none.
/// </summary>
public sealed class ToldGauge<T> where T : struct
{
    private readonly ConcurrentDictionary<string, (T Value, KeyValuePair<string, object?> Tag, long At)> _told = new(StringComparer.Ordinal);
    private readonly TimeSpan _believed;

    /// <param name="believed">For how long a value is told on.</param>
    internal ToldGauge(Meter meter, string name, string unit, string description, TimeSpan believed)
    {
        _believed = believed;
        Instrument = meter.CreateObservableGauge(name, Observe, unit, description);
    }

    internal ObservableGauge<T> Instrument { get; }

    /// <summary>Cheap enough to be told whether anybody listens or not.</summary>
    /// <param name="attribute">Which distinguishes the values.</param>
    /// <param name="of">What this value is of.</param>
    public void Tell(string attribute, string of, T value) =>
        _told[of] = (value, Telemetry.Tag(attribute, of), Stopwatch.GetTimestamp());

    private IEnumerable<Measurement<T>> Observe()
    {
        foreach (var (of, told) in _told)
        {
            if (Stopwatch.GetElapsedTime(told.At) < _believed) yield return new Measurement<T>(told.Value, told.Tag);
            else _told.TryRemove(of, out _);
        }
    }
}
