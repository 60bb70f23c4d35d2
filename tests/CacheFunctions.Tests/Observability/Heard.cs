using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CacheFunctions.Observability;

namespace CacheFunctions.Tests.Observability;

/// <summary>What the service tells of itself while one test runs it. Other tests run beside it, so only what comes from this test's own flow counts.</summary>
internal sealed class Heard : IDisposable
{
    private readonly AsyncLocal<bool> _isOwn = new();
    private readonly MeterListener _metrics = new();
    private readonly ActivityListener _spans;
    private readonly ConcurrentQueue<string> _measured = new();

    public Heard()
    {
        _isOwn.Value = true;
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == Telemetry.Meter) listener.EnableMeasurementEvents(instrument);
        };
        _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, $"{value}", tags));
        // Nobody can say how long it takes.
        _metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, instrument is ObservableInstrument<double> ? $"{value}" : "", tags));
        _metrics.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source == Telemetry.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (_isOwn.Value) Spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public ConcurrentQueue<Activity> Spans { get; } = new();

    /// <summary>Of one instrument, in order: the value, and the attributes' values in brackets.</summary>
    public IEnumerable<string> Of(Instrument instrument) =>
        _measured.Where(each => each.StartsWith(instrument.Name + " ", StringComparison.Ordinal)).Select(each => each[(instrument.Name.Length + 1)..]);

    public void Observe() => _metrics.RecordObservableInstruments();

    public void Dispose()
    {
        _metrics.Dispose();
        _spans.Dispose();
    }

    private void Note(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_isOwn.Value) _measured.Enqueue($"{instrument.Name} {value}[{string.Join(", ", tags.ToArray().Select(tag => tag.Value))}]");
    }
}
