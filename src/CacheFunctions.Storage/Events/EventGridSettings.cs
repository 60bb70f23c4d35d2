using CacheFunctions.Settings;

namespace CacheFunctions.Storage.Events;

/// <summary>Settings under <c>Events:</c>: the topic to publish to.</summary>
/// <param name="Key">null: the service's identity.</param>
public sealed record EventGridSettings(Uri Endpoint, string? Key)
{
    /// <returns>null: nothing is published.</returns>
    /// <exception cref="Errors.CacheException">A setting is wrong.</exception>
    public static EventGridSettings? Read(SettingsReader read)
    {
        const string endpointName = "Events:TopicEndpoint", keyName = "Events:TopicKey";
        read.RequireKnown("Events", "TopicEndpoint", "TopicKey");
        var (endpoint, key) = (read.Address(endpointName), read.Text(keyName));
        if (endpoint is null) return key is null ? null : throw SettingsReader.Wrong(keyName, $"is set, and means nothing without {endpointName}.");
        if (endpoint.Scheme == "https") return new EventGridSettings(endpoint, key);
        if (!endpoint.IsLoopback) throw SettingsReader.Wrong(endpointName, "must be an https address.");
        return key is not null
            ? new EventGridSettings(endpoint, key)
            : throw SettingsReader.Wrong(keyName, $"is missing; over http, which is for this machine only, {endpointName} needs a key.");
    }
}
