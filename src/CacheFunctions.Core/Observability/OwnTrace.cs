using System.Diagnostics;
using System.Diagnostics.Metrics;
using CacheFunctions.Errors;

namespace CacheFunctions.Observability;

/// <summary>Work that belongs to no request: a trace of its own, linked to what began it, and how long it took.</summary>
public static class OwnTrace
{
    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(string name, Histogram<double> duration, KeyValuePair<string, object?> kind, Func<Task> work) =>
        RunAsync<object?>(name, duration, kind, async () =>
        {
            await work();
            return null;
        });

    /// <param name="name">Of the span.</param>
    /// <param name="kind">What is worked on, among a few.</param>
    /// <param name="describe">Adds to the span where there is one; null: nothing.</param>
    public static async Task<T> RunAsync<T>(
        string name, Histogram<double> duration, KeyValuePair<string, object?> kind, Func<Task<T>> work, Action<Activity>? describe = null)
    {
        using var span = Start(name);
        span?.SetTag(kind.Key, kind.Value);
        if (span is not null) describe?.Invoke(span);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var result = await work();
            duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, kind);
            return result;
        }
        catch (Exception error)
        {
            // Never its message, which may tell of whose file it was.
            var type = Telemetry.Tag(Telemetry.Attributes.Error, TypeOf(error));
            duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, kind, type);
            span?.SetTag(type.Key, type.Value).SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    /// <summary>Among a few: for metrics.</summary>
    public static string TypeOf(Exception error) => error is CacheException known ? known.Code.ToString() : error.GetType().Name;

    // What is current is so for the caller of an asynchronous method again once that has returned.
    private static Activity? Start(string name)
    {
        if (!Telemetry.Source.HasListeners()) return null;
        var cause = Activity.Current;
        Activity.Current = null;
        return Telemetry.Source.StartActivity(ActivityKind.Internal, links: cause is null ? null : [new ActivityLink(cause.Context)], name: name);
    }
}
