using System.Globalization;
using CacheFunctions.Content;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The shards' snapshots: blobs "{catalogue}/{shard}" in container "system", and in table "control" what each of them
/// covers, so that one query tells which are out of date.
/// <para>
/// No lock is needed to write one: any snapshot says itself up to where it is true, and who loads it follows the logs from
/// there. Of two writers the last one wins, at worst with the older of two true ones.
/// </para>
/// </summary>
internal sealed class SnapshotStore(IRecordStore store, IContentStore contents, string catalogue, UserSets users)
{
    private const string Container = "system";
    private const string Table = "control";

    private readonly string _partition = catalogue + "-snapshots";

    /// <returns>null: there is none that can be used.</returns>
    public async Task<LoadedShard?> ReadAsync(int shard, CancellationToken cancellation)
    {
        var stream = await contents.OpenReadAsync(Container, Name(shard), 0, null, cancellation);
        if (stream is null) return null;
        await using (stream)
        {
            try
            {
                return await SnapshotFormat.ReadAsync(stream, shard, users, cancellation);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
            {
                return null;
            }
        }
    }

    public async Task WriteAsync(int shard, LoadedShard loaded, CancellationToken cancellation)
    {
        await using (var stream = SnapshotFormat.Write(shard, loaded, users))
            await contents.WriteAsync(Container, Name(shard), stream, stream.Length, cancellation);
        var values = new RowValues
        {
            { "schema", 1 },
            { "sequence", loaded.Sequence },
            { "notices", loaded.Notices },
            { "files", loaded.Columns.Count },
        };
        var known = await store.GetAsync(Table, _partition, Shard.Partition(shard), cancellation);
        try
        {
            await store.CommitAsync(
                Table,
                _partition,
                [known is null ? RowChange.Insert(Shard.Partition(shard), values) : RowChange.Replace(known, values)],
                cancellation);
        }
        catch (RowConflictException)
        {
            // Another instance renewed it at the same time, and told so.
        }
    }

    /// <summary>What the snapshots cover, by shard. One query.</summary>
    public async Task<Dictionary<int, SnapshotCover>> CoversAsync(CancellationToken cancellation)
    {
        var covers = new Dictionary<int, SnapshotCover>();
        await foreach (var row in store.QueryAsync(Table, _partition, new KeyRange("0", "g"), null, cancellation))
        {
            covers[int.Parse(row.Key, NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = new SnapshotCover(
                row.Values.RequiredNumber("sequence"), row.Values.RequiredNumber("notices"), row.Values.RequiredNumber("files"));
        }

        return covers;
    }

    private string Name(int shard) => $"{catalogue}/{Shard.Partition(shard)}";
}

/// <param name="Sequence">All operations up to this number.</param>
/// <param name="Notices">All notices up to this number.</param>
internal sealed record SnapshotCover(long Sequence, long Notices, long Files);
