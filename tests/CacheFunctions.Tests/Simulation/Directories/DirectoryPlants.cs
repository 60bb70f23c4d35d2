using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions.Plants;

namespace CacheFunctions.Tests.Simulation.Directories;

/// <summary>A bug built into the doubles of the stores, for the simulation to find; null: that store is sound.</summary>
internal sealed record DirectoryPlant(Func<IRecordStore, IRecordStore>? Records = null, Func<IContentStore, IContentStore>? Contents = null)
{
    public static DirectoryPlant None { get; } = new();
}

/// <summary>Forgets that a removal was begun, so that nobody ends it for who died.</summary>
internal sealed class ForgottenMarks(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        Inner.CommitAsync(table, partition, [.. changes.Select(WithoutMark)], cancellation);

    private static RowChange WithoutMark(RowChange change)
    {
        if (!change.Key.StartsWith("d|", StringComparison.Ordinal) || change.Values?.Text("removed_with") is null) return change;
        var row = new Row(change.Key, change.Values, "");
        return change with { Values = DirectoryRows.Values(DirectoryRows.Read(row) with { RemovedWith = null }) };
    }
}

/// <summary>Forgets which instances have files of a directory open, and tells nobody.</summary>
internal sealed class ForgottenReaders(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        table == "notices" ? Task.CompletedTask : Inner.CommitAsync(table, partition, changes, cancellation);

    public override async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        var row = await base.GetAsync(table, partition, key, cancellation);
        if (row?.Values.Text("open_by") is null) return row;
        return row with { Values = DirectoryRows.Values(DirectoryRows.Read(row) with { OpenBy = null }) };
    }
}

/// <summary>Loses what instances say of where they read before it is registered.</summary>
internal sealed class ForgottenEarlyReaders(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        partition == OpenMarks.Partition ? Task.CompletedTask : Inner.CommitAsync(table, partition, changes, cancellation);
}

/// <summary>Lists the first file alone.</summary>
internal sealed class ShortLists(IContentStore inner) : Catalogue.PassingContentStore(inner)
{
    public override async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in Inner.ListAsync(container, prefix, cancellation))
        {
            yield return item;
            yield break;
        }
    }
}
