using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions.Plants;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>
/// Watches rule 7: a copy is recorded only where, at some moment since a little before it was begun, what was stored of other
/// files left room for it. What others wrote and had in flight since then is what the rule allows above the quota.
/// </summary>
/// <param name="unknownFor">For how long an instance may not know of what others have stored.</param>
internal sealed class QuotaWatch(long maxBytes, TimeSpan unknownFor, TimeProvider time)
{
    private readonly Dictionary<string, DateTimeOffset> _begun = [];
    private readonly Dictionary<string, string> _contents = [];

    // Of each shard, the bytes of its files after each change.
    private readonly Dictionary<string, List<(DateTimeOffset At, Dictionary<string, long> Bytes)>> _stored = [];

    /// <summary>What broke the rule.</summary>
    public List<string> Violations { get; } = [];

    public long StoredBytes => _stored.Values.Sum(history => history[^1].Bytes.Values.Sum());

    private void Begin(string name) => _begun.TryAdd(name, time.GetUtcNow());

    private void Record(string shard, RowChange change)
    {
        var content = change.Values?.Text("content");
        var bytes = content is null ? 0 : change.Values!.RequiredNumber("size");
        if (content is not null && _contents.GetValueOrDefault(change.Key) != content && _begun.TryGetValue(content, out var begun))
        {
            var least = _stored.Values.Sum(history => LeastSince(history, begun - unknownFor, change.Key));
            if (least + bytes > maxBytes) Violations.Add($"{change.Key}: {bytes} bytes, begun at {begun:dd HH:mm:ss}, were recorded beside others of never less than {least}; the quota is {maxBytes}; {Story()}");
        }

        if (content is null) _contents.Remove(change.Key);
        else _contents[change.Key] = content;
        if (!_stored.TryGetValue(shard, out var before)) _stored[shard] = before = [(DateTimeOffset.MinValue, [])];
        before.Add((time.GetUtcNow(), new(before[^1].Bytes) { [change.Key] = bytes }));
    }

    private string Story() => string.Join("; ", _stored.SelectMany(shard => shard.Value.Select(
        moment => $"shard {shard.Key} at {moment.At:dd HH:mm:ss}: {string.Join(", ", moment.Bytes.Select(file => $"{file.Key[..6]} {file.Value}"))}")));

    private static long LeastSince(List<(DateTimeOffset At, Dictionary<string, long> Bytes)> history, DateTimeOffset since, string but)
    {
        var first = history.FindLastIndex(moment => moment.At <= since);
        return history.Skip(first).Min(moment => moment.Bytes.Where(file => file.Key != but).Sum(file => file.Value));
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
