using CacheFunctions.Errors;

namespace CacheFunctions.Events;

/// <summary>Where events are published.</summary>
public interface IEventSink
{
    /// <summary>Publishes all of them, in this order. Again is fine: receivers know an event by its id.</summary>
    /// <exception cref="CacheException">Unavailable: perhaps some of them, perhaps none.</exception>
    Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation);
}
