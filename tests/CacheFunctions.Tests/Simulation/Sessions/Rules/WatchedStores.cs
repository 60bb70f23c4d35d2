using System.Globalization;
using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>The records of all instances, with a rule's eye on every transaction.</summary>
internal sealed class WatchedRecordStore(MemoryRecordStore inner, RecordRules rules, SimulatedWorld world) : IRecordStore
{
    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, key, cancellation);

    public IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, CancellationToken cancellation) =>
        inner.QueryAsync(table, partition, range, take, cancellation);

    public async Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        await inner.CommitAsync(table, partition, changes, cancellation);
        foreach (var change in changes) world.Trace?.Invoke($"{table} {partition} {change.Kind} {change.Key} {Told(change.Values)}");
        if (table == SessionRows.Table) rules.Committed(partition, changes);
    }

    private static string Told(RowValues? values) => string.Join(", ", values?.Select(
        value => string.Create(CultureInfo.InvariantCulture, $"{value.Key}={value.Value}")) ?? []);
}

/// <summary>The contents of all instances, with a rule's eye on every deletion.</summary>
internal sealed class WatchedContentStore(MemoryContentStore inner, Verdict verdict, SimulatedWorld world) : IContentStore
{
    private readonly Dictionary<string, byte[]> _bytes = [];
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);

    /// <summary>The records that name contents.</summary>
    public RecordRules? Records { get; set; }

    /// <returns>null: a piece of it is not there.</returns>
    public byte[]? BytesOf(SavedContent content)
    {
        if (content.Pieces.Any(piece => (_bytes.GetValueOrDefault(piece.Name)?.Length ?? -1) < piece.Offset + piece.Length)) return null;
        return [.. content.Pieces.SelectMany(piece => _bytes[piece.Name].AsSpan((int)piece.Offset, (int)piece.Length).ToArray())];
    }

    public byte[]? BytesOf(string name) => _bytes.GetValueOrDefault(name);

    public IEnumerable<string> Names => _bytes.Keys;

    /// <summary>Whether it was deleted once, so that what is there now is a write that came late.</summary>
    public bool CameBack(string name) => _deleted.Contains(name) && _bytes.ContainsKey(name);

    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        await inner.WriteAsync(container, name, content, length, cancellation);
        Put(name, ((MemoryStream)content).ToArray());
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var holds = await inner.WriteOnceAsync(container, name, content, progress, cancellation);
        if (holds) Put(name, ((MemoryStream)content).ToArray());
        return holds;
    }

    public async Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation)
    {
        if (!await inner.CopyAsync(container, from, to, cancellation)) return false;
        Put(to, _bytes[from]);
        return true;
    }

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        inner.FindAsync(container, name, cancellation);

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenVersionAsync(container, item, offset, length, cancellation);

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        inner.PresignUploadAsync(container, name, lifetime, cancellation);

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenReadAsync(container, name, offset, length, cancellation);

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation)
    {
        var session = name[..name.IndexOf('/', StringComparison.Ordinal)];
        verdict.Require(
            Records!.Session(session) is null || !Records.Names(session, name),
            Rule.Contents,
            $"content {Text.Of(BytesOf(name))} of open session {session} was deleted");
        world.Trace?.Invoke($"{name} goes");
        _bytes.Remove(name);
        _deleted.Add(name);
        return inner.DeleteAsync(container, name, cancellation);
    }

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var name in _bytes.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            await Task.Yield();
            yield return new ContentItem(name, default, 0, "");
        }
    }

    private void Put(string name, byte[] bytes)
    {
        world.Trace?.Invoke($"{name} holds {Text.Of(bytes)}");
        _bytes[name] = bytes;
    }
}
