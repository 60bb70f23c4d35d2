using System.Globalization;
using System.Text.Json;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>Why each of the chosen files is evicted, for the log.</summary>
internal sealed class EvictionReasons(Choice chosen, CatalogueIndex index, long useBytes, long quotaBytes, DateTimeOffset now)
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly long[] _useBefore = UseBefore(chosen.Victims, useBytes);

    public string Text(int victim) => string.Create(
        CultureInfo.InvariantCulture,
        $"the cache held {ReadableSize.Of(_useBefore[victim])} of {ReadableSize.Of(quotaBytes)}; by {chosen.Policy.Name} this file was next, with {Score(chosen.Victims[victim])} ({chosen.Policy.ScoreMeans})");

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
                Next = next.Select(other => new { FileId = other.Id, FilePath = index.PathOf(other.Id), Score = Score(other) }),
            },
            Snake);
    }

    public static string OfExpired(StoredItem file, long ttlSeconds) => JsonSerializer.Serialize(
        new { TtlSeconds = ttlSeconds, LastUsed = new DateTimeOffset(file.LastUsed, TimeSpan.Zero), file.SizeBytes }, Snake);

    private double Score(StoredItem item) => chosen.Policy.Score(item, now);

    private static long[] UseBefore(IReadOnlyList<StoredItem> victims, long use)
    {
        var before = new long[victims.Count];
        for (var i = 0; i < before.Length; use -= victims[i++].SizeBytes) before[i] = use;
        return before;
    }
}
