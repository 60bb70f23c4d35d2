using System.Runtime.CompilerServices;
using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Plants;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>Changes rows whatever they have become since they were read.</summary>
internal sealed class BlindCommits(IRecordStore inner) : PassingRecordStore(inner)
{
    public override async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        var blind = new List<RowChange>();
        foreach (var change in changes)
        {
            var row = change.Key.StartsWith("f|", StringComparison.Ordinal) ? await Inner.GetAsync(table, partition, change.Key, cancellation) : null;
            blind.Add(row is not null && change.ETag is not null ? change with { ETag = row.ETag } : change);
        }

        await Inner.CommitAsync(table, partition, blind, cancellation);
    }
}

/// <summary>Forgets what was answered under a request key.</summary>
internal sealed class ForgottenAnswers(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        Inner.CommitAsync(table, partition, [.. changes.Where(change => !change.Key.StartsWith("k|", StringComparison.Ordinal))], cancellation);
}

/// <summary>Passes everything on; a planted bug overrides one thing.</summary>
internal abstract class PassingContentStore(IContentStore inner) : IContentStore
{
    protected IContentStore Inner => inner;

    public virtual Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation) =>
        inner.WriteAsync(container, name, content, length, cancellation);

    public virtual Task<bool> WriteOnceAsync(string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        inner.WriteOnceAsync(container, name, content, progress, cancellation);

    public virtual Task<Stream?> OpenReadAsync(string container, string name, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenReadAsync(container, name, offset, length, cancellation);

    public virtual Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) => inner.FindAsync(container, name, cancellation);

    public virtual Task<(ContentItem Item, Stream? Content)?> BeginAsync(
        string container, string name, ContentItem? known, CancellationToken cancellation) => inner.BeginAsync(container, name, known, cancellation);

    public virtual Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenVersionAsync(container, item, offset, length, cancellation);

    public virtual Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation) =>
        inner.WriteCompressedAsync(container, name, content, maxBytes, plainBytes, replaces, cancellation);

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        inner.CopyAsync(container, from, to, cancellation);

    public Task<PresignedUpload?> PresignUploadAsync(string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        inner.PresignUploadAsync(container, name, lifetime, cancellation);

    public virtual Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        inner.DeleteAsync(container, name, cancellation);

    public virtual IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation) =>
        inner.ListAsync(container, prefix, cancellation);
}

internal sealed class HalfCopies(IContentStore inner) : PassingContentStore(inner)
{
    public override async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        var bytes = await Text.ReadAsync(content);
        var half = container == ContentName.Cache ? bytes[..(bytes.Length / 2)] : bytes;
        await Inner.WriteAsync(container, name, new MemoryStream(half), half.Length, cancellation);
    }
}

internal sealed class GreedyDeletes(IContentStore inner) : PassingContentStore(inner)
{
    public override async Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation)
    {
        var owner = name[..(name.IndexOf('/') + 1)];
        var names = new List<string>();
        await foreach (var item in Inner.ListAsync(container, owner, cancellation)) names.Add(item.Name);
        foreach (var each in names) await Inner.DeleteAsync(container, each, cancellation);
        return names.Count > 0;
    }
}

/// <summary>Shows in the log that files hold no bytes, so that an instance counts only what it has stored itself.</summary>
internal sealed class UncountedBytes(IRecordStore inner) : PassingRecordStore(inner)
{
    public override async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in Inner.QueryAsync(table, partition, range, take, cancellation))
        {
            if (!row.Key.StartsWith("o|", StringComparison.Ordinal) || row.Values.Text("state") is not { } state)
            {
                yield return row;
                continue;
            }

            var values = row.Values.Copy();
            values.Add("state", (CatalogueEntry.Read(state) with { Stored = false }).Write());
            yield return row with { Values = values };
        }
    }
}
