using CacheFunctions.Observability;

namespace CacheFunctions.Content.Hot;

/// <summary>What a tier of this instance had, had not and has pushed out, by the container that the content is of.</summary>
internal sealed class TierTelemetry(string tier)
{
    private static readonly KeyValuePair<string, object?> Policy = Telemetry.Tag(Telemetry.Attributes.Policy, "s3fifo");

    private readonly KeyValuePair<string, object?> _tier = Telemetry.Tag(Telemetry.Attributes.Tier, tier);

    public void Asked(ContentKey key, bool isHit) => (isHit ? Telemetry.CacheHits : Telemetry.CacheMisses).Add(1, Cache(key), _tier);

    public void Evicted(ContentKey key) => Telemetry.Evictions.Add(1, Cache(key), _tier, Policy);

    private static KeyValuePair<string, object?> Cache(ContentKey key) => Telemetry.Tag(Telemetry.Attributes.Cache, key.Container);
}
