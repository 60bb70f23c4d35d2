using Azure;
using Azure.Identity;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using CacheFunctions.Errors;
using CacheFunctions.Events;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Events;

/// <summary>An Event Grid topic, which takes CloudEvents in batches.</summary>
internal sealed class EventGridSink : IEventSink
{
    private readonly EventGridPublisherClient _client;
    private readonly string _account;

    public EventGridSink(EventGridSettings settings, StorageAccount account)
    {
        // Whose log it was: so that deployments which share a topic are told apart.
        _account = account.Blobs.AccountName;
        var options = new EventGridPublisherClientOptions();
        options.Retry.MaxRetries = 2;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        _client = settings.Key is { } key
            ? new EventGridPublisherClient(settings.Endpoint, new AzureKeyCredential(key), options)
            : new EventGridPublisherClient(settings.Endpoint, account.Credential ?? new DefaultAzureCredential(), options);
    }

    public async Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation)
    {
        try
        {
            await _client.SendEventsAsync(events.Select(Of), cancellation);
        }
        catch (RequestFailedException failed)
        {
            throw CacheException.Unavailable(
                $"The topic (Events:TopicEndpoint) did not take events ({(failed.Status == 0 ? "no answer" : $"{failed.Status} {failed.ErrorCode}".TrimEnd())}).", failed);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && (StorageErrors.IsTransport(error) || error is AuthenticationFailedException))
        {
            throw CacheException.Unavailable("The topic (Events:TopicEndpoint) cannot be reached, or knows no identity of this service.", error);
        }
    }

    private CloudEvent Of(ServiceEvent told) => new(
        $"/cachefunctions/{_account}/{told.Log}", told.Type, BinaryData.FromBytes(told.Data), "application/json", CloudEventDataFormat.Json)
    {
        Id = told.Id,
        Subject = told.Subject,
        Time = told.Time,
    };
}
