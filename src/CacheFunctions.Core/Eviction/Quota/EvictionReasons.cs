using System.Globalization;
using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Eviction.Quota;

/// <summary>Why each of the chosen things is evicted, for the log.</summary>
/// <param name="what">What is evicted, in a word.</param>
/// <param name="describe">What the log says of one that would be next, besides its score: its path, say.</param>
internal sealed class EvictionReasons(
    Choice chosen, string what, Func<Guid, IEnumerable<KeyValuePair<string, object?>>> describe, long useBytes, long quotaBytes, DateTimeOffset now)
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly long[] _useBefore = UseBefore(chosen.Victims, useBytes);

    public string Text(int victim) => string.Create(
        CultureInfo.InvariantCulture,
        $"the cache held {ReadableSize.Of(_useBefore[victim])} of {ReadableSize.Of(quotaBytes)}; by {chosen.Policy.Name} this {what} was next, with {Score(chosen.Victims[victim])} ({chosen.Policy.ScoreMeans})");

    public string Metadata(int victim)
    {
        var item = chosen.Victims[victim];
        var next = chosen.Victims.Skip(victim + 1).Take(Choice.NextCount).Concat(chosen.Next).Take(Choice.NextCount);
        return JsonSerializer.Serialize(
            new
            {
                Policy = chosen.Policy.Name,
                Score = Score(item),
                ScoreMeans = chosen.Policy.ScoreMeans,
                item.SizeBytes,
                UseBeforeBytes = _useBefore[victim],
                UseAfterBytes = _useBefore[victim] - item.SizeBytes,
                QuotaBytes = quotaBytes,
                Next = next.Select(other => new Dictionary<string, object?>(describe(other.Id)) { ["score"] = Score(other) }),
            },
            Snake);
    }

    private double Score(StoredItem item) => chosen.Policy.Score(item, now);

    private static long[] UseBefore(IReadOnlyList<StoredItem> victims, long use)
    {
        var before = new long[victims.Count];
        for (var i = 0; i < before.Length; use -= victims[i++].SizeBytes) before[i] = use;
        return before;
    }
}
