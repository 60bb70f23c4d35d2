using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Catalogue;
using CacheFunctions.Tests.Simulation.Sessions.Plants;

namespace CacheFunctions.Tests.Catalogue.Quota;

/// <summary>Lets somebody else act once, right before an operation of a type is committed that changes a row.</summary>
internal sealed class InterferingStore(IRecordStore inner, string type, string key, Func<Task> act) : PassingRecordStore(inner)
{
    private int _left = 1;

    public bool HasHappened => _left <= 0;

    public override async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        if (changes.Any(change => change.Values?.Text("type") == type) && changes.Any(change => change.Key == key) && Interlocked.Decrement(ref _left) == 0) await act();
        await base.CommitAsync(table, partition, changes, cancellation);
    }
}

/// <summary>Where every row that is changed was changed by somebody else at the same moment, while it is on.</summary>
internal sealed class ContendedStore(IRecordStore inner) : PassingRecordStore(inner)
{
    public bool IsOn { get; set; }

    public override Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        IsOn && changes.Any(change => change.Kind == RowChangeKind.Replace)
            ? throw new RowConflictException(null)
            : base.CommitAsync(table, partition, changes, cancellation);
}

internal sealed class CountingStore(IRecordStore inner) : PassingRecordStore(inner)
{
    private int _queries;

    public int Queries => _queries;

    public override IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation)
    {
        // What is logged of a failure looks for the end of its log.
        if (take is null) Interlocked.Increment(ref _queries);
        return base.QueryAsync(table, partition, range, take, cancellation);
    }
}

/// <summary>A store that cannot be written to for a while.</summary>
internal sealed class RefusingContentStore(IContentStore inner, int refusals) : PassingContentStore(inner)
{
    private int _left = refusals;

    public override Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation) =>
        Interlocked.Decrement(ref _left) >= 0
            ? throw CacheException.Unavailable("Storage refuses.")
            : base.WriteAsync(container, name, content, length, cancellation);
}

/// <summary>A store in which nothing is deleted.</summary>
internal sealed class KeepingContentStore(IContentStore inner) : PassingContentStore(inner)
{
    public override Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) => Task.FromResult(true);
}
