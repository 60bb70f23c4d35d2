using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CacheFunctions.Observability;

/// <summary>
/// What the service tells of itself: the names of all its own metrics and spans. Without a listener an instrument costs a look at one field
/// and a span nothing. No attribute holds an address, a header, a message or a key. Requests are the framework's own metric and span
/// (<c>Microsoft.AspNetCore.Hosting</c>, <c>Microsoft.AspNetCore</c>). docs/operations.md explains each; a test holds it to this.
/// </summary>
public static class Telemetry
{
    public const string Name = "CacheFunctions";

    private const string Second = "s";

    // From a memory's answer to a job's day.
    private static readonly InstrumentAdvice<double> Calls = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly InstrumentAdvice<double> Work = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 20, 60, 300, 1800, 3600, 21600],
    };

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    public static Counter<long> StorageOperations { get; } =
        Meter.CreateCounter<long>("cachefunctions.storage.operations", "{operation}", "Calls to storage, retries too, since each is charged");

    public static Histogram<double> StorageDuration { get; } = Meter.CreateHistogram(
        "cachefunctions.storage.operation.duration", Second, "How long a call to storage took, up to the head of its answer", null, Calls);

    public static Counter<long> StorageBytes { get; } =
        Meter.CreateCounter<long>("cachefunctions.storage.bytes", "By", "Bytes that were sent to storage and that it answered, as their heads tell");

    public static Counter<long> ContentBytes { get; } = Meter.CreateCounter<long>(
        "cachefunctions.content.bytes", "By", "Bytes of content that callers were sent, and that they sent with their length told");

    public static Counter<long> CacheHits { get; } =
        Meter.CreateCounter<long>("cachefunctions.cache.hits", "{request}", "What was asked of a cache, and was there");

    public static Counter<long> CacheMisses { get; } =
        Meter.CreateCounter<long>("cachefunctions.cache.misses", "{request}", "What was asked of a cache, and was not there");

    public static Counter<long> Evictions { get; } =
        Meter.CreateCounter<long>("cachefunctions.evictions", "{item}", "What a quota has pushed out of a cache");

    public static Histogram<double> JobDuration { get; } =
        Meter.CreateHistogram("cachefunctions.job.duration", Second, "How long a run of a job took", null, Work);

    public static Histogram<double> TimerDuration { get; } =
        Meter.CreateHistogram("cachefunctions.timer.duration", Second, "How long a run of a timer took", null, Work);

    public static Counter<long> WriteBacks { get; } = Meter.CreateCounter<long>(
        "cachefunctions.write_backs", "{session}", "Sessions that the timer wrote back to their origins, or tried to");

    public static Counter<long> EventsPublished { get; } =
        Meter.CreateCounter<long>("cachefunctions.events.published", "{event}", "Events that the topic took");

    /// <summary>Sessions that have not ended, as the hourly cleanup last saw them.</summary>
    public static ToldGauge<long> Sessions { get; } =
        new(Meter, "cachefunctions.sessions", "{session}", "Sessions that have not ended, as the hourly cleanup saw them", TimeSpan.FromHours(2));

    /// <summary>How old the oldest thing is that waits in a queue; by <see cref="Queue"/>.</summary>
    public static ToldGauge<double> QueueAge { get; } = new(
        Meter, "cachefunctions.queue.age", Second, "How long the oldest thing has waited in a queue; 0: none waits", TimeSpan.FromMinutes(5));

    public static ToldGauge<long> QueueLength { get; } =
        new(Meter, "cachefunctions.queue.length", "{item}", "How many things wait in a queue", TimeSpan.FromMinutes(5));

    public static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <summary>The names of attributes.</summary>
    public static class Attributes
    {
        public const string Cache = "cachefunctions.cache.name";
        public const string Tier = "cachefunctions.cache.tier";
        public const string Policy = "cachefunctions.eviction.policy";
        public const string Kind = "cachefunctions.storage.kind";
        public const string Operation = "cachefunctions.storage.operation";
        public const string Outcome = "cachefunctions.outcome";
        public const string Job = "cachefunctions.job.kind";
        public const string JobId = "cachefunctions.job.id";
        public const string Queue = "cachefunctions.queue.name";
        public const string State = "cachefunctions.session.state";
        public const string Log = "cachefunctions.log.name";

        /// <summary>Of the semantic conventions, as those that follow.</summary>
        public const string Timer = "faas.name";
        public const string Direction = "network.io.direction";
        public const string Error = "error.type";
        public const string Method = "http.request.method";
        public const string Route = "http.route";
        public const string Status = "http.response.status_code";
    }

    /// <summary>What waits: values of <see cref="Attributes.Queue"/>.</summary>
    public static class Queue
    {
        public const string Jobs = "jobs";
        public const string WriteBacks = "write_backs";

        /// <summary>Before the name of the log whose operations are to be published.</summary>
        public const string Events = "events.";
    }
}
