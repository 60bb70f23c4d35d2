using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Downloads;

/// <summary>Directories in which storage has told of changes that are not looked at yet: rows of table "control", by path.</summary>
internal sealed class DownloadRows(IRecordStore records)
{
    private const string Table = "control";
    private const string Partition = "downloads";

    /// <summary>One read and one write. Safe to repeat: what is told again changes nothing but when it was told last.</summary>
    public async Task NoteAsync(Download told, CancellationToken cancellation)
    {
        var key = Key(told.Path);
        while (true)
        {
            var row = await records.GetAsync(Table, Partition, key, cancellation);
            var download = row is null ? told : Read(row).With(told);
            try
            {
                await records.CommitAsync(Table, Partition, [row is null ? RowChange.Insert(key, Values(download)) : RowChange.Replace(row, Values(download))], cancellation);
                return;
            }
            catch (RowConflictException)
            {
                // Another instance was told of the same directory: both count.
            }
        }
    }

    public async Task<IReadOnlyList<(Row Row, Download Download)>> AllAsync(CancellationToken cancellation)
    {
        var all = new List<(Row, Download)>();
        await foreach (var row in records.QueryAsync(Table, Partition, new KeyRange("0", "~"), null, cancellation)) all.Add((row, Read(row)));
        return all;
    }

    /// <summary>Lets it be forgotten, unless more was told since it was read.</summary>
    public async Task DeleteAsync(Row row, CancellationToken cancellation)
    {
        try
        {
            await records.CommitAsync(Table, Partition, [RowChange.Delete(row)], cancellation);
        }
        catch (RowConflictException)
        {
            // Then it is looked at again.
        }
    }

    private static string Key(DirectoryPath path) => path.Id.ToString("N");

    private static RowValues Values(Download download) => new()
    {
        { "schema", 1 }, { "path", download.Path.Text }, { "created_at", download.CreatedAt }, { "told_at", download.ToldAt }, { "finished", download.IsFinished },
    };

    private static Download Read(Row row) => new(
        DirectoryPath.Stored(row.Values.RequiredText("path")), row.Values.Time("created_at"), row.Values.RequiredTime("told_at"), row.Values.Flag("finished"));
}

/// <summary>Changes in a directory that were told of.</summary>
/// <param name="CreatedAt">When a file came last, by storage's clock; null: none did.</param>
/// <param name="ToldAt">When the last of them was told.</param>
/// <param name="IsFinished">Whether its mark says that no more comes.</param>
internal sealed record Download(DirectoryPath Path, DateTimeOffset? CreatedAt, DateTimeOffset ToldAt, bool IsFinished)
{
    public Download With(Download other) => this with
    {
        CreatedAt = CreatedAt is null || other.CreatedAt > CreatedAt ? other.CreatedAt ?? CreatedAt : CreatedAt,
        ToldAt = other.ToldAt > ToldAt ? other.ToldAt : ToldAt,
        IsFinished = IsFinished || other.IsFinished,
    };
}
