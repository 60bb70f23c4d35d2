using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions.Plants;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>
/// Watches rule 7: a copy is recorded only where, at some moment since a little before it was begun, what was stored left
/// room for it. What others wrote and had in flight since then is what the rule allows above the quota.
/// </summary>
/// <param name="lookTakes">How long an instance may take to read the logs, and two seconds.</param>
internal sealed class QuotaWatch(long maxBytes, TimeSpan lookTakes, TimeProvider time)
{
    private readonly Dictionary<string, DateTimeOffset> _begun = [];
    private readonly Dictionary<string, (string Shard, string? Content, long Bytes)> _files = [];
    private readonly Dictionary<string, List<(DateTimeOffset At, long Bytes)>> _stored = [];

    /// <summary>What broke the rule.</summary>
    public List<string> Violations { get; } = [];

    public long StoredBytes => _files.Values.Sum(file => file.Bytes);

    private void Begin(string name) => _begun.TryAdd(name, time.GetUtcNow());

    private void Record(string shard, RowChange change)
    {
        var before = _files.GetValueOrDefault(change.Key);
        var content = change.Values?.Text("content");
        var bytes = content is null ? 0 : change.Values!.RequiredNumber("size");
        if (content is not null && content != before.Content && _begun.TryGetValue(content, out var begun))
        {
            var least = _stored.Keys.Sum(each => LeastSince(each, begun - lookTakes));
            if (least + bytes - before.Bytes > maxBytes)
                Violations.Add($"{change.Key}: {bytes} bytes were recorded in place of {before.Bytes}, while never less than {least} of {maxBytes} were stored");
        }

        _files[change.Key] = (shard, content, bytes);
        if (!_stored.TryGetValue(shard, out var history)) _stored[shard] = history = [(DateTimeOffset.MinValue, 0)];
        history.Add((time.GetUtcNow(), _files.Values.Where(file => file.Shard == shard).Sum(file => file.Bytes)));
    }

    private long LeastSince(string shard, DateTimeOffset since)
    {
        var history = _stored[shard];
        var first = history.FindLastIndex(moment => moment.At <= since);
        return history.Skip(first).Min(moment => moment.Bytes);
    }

    /// <summary>Right at the storage, since a commit may come late.</summary>
    public sealed class Records(IRecordStore inner, QuotaWatch watch) : PassingRecordStore(inner)
    {
        public override async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
        {
            await Inner.CommitAsync(table, partition, changes, cancellation);
            if (table != CatalogueStore.TableName) return;
            foreach (var change in changes)
                if (change.Key.StartsWith("f|", StringComparison.Ordinal)) watch.Record(partition, change);
        }
    }

    /// <summary>Right at the service: a copy is begun as soon as it has its room.</summary>
    public sealed class Contents(IContentStore inner, QuotaWatch watch) : PassingContentStore(inner)
    {
        public override Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
        {
            watch.Begin(name);
            return base.WriteAsync(container, name, content, length, cancellation);
        }

        public override Task<bool> WriteOnceAsync(
            string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
        {
            watch.Begin(name);
            return base.WriteOnceAsync(container, name, content, progress, cancellation);
        }
    }
}
