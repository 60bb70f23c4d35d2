using System.Globalization;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Opened;

/// <summary>
/// In which directories instances may have files open, whether they are registered or not: a row for each and each time, in table
/// "control". Rows are only inserted, and say until when, so that one which is written twice or late takes nothing back.
/// </summary>
internal sealed class OpenMarks(IRecordStore records, RandomIds ids)
{
    private const string Table = "control";
    internal const string Partition = "open-directories";
    private const int RowsPerTransaction = 100;

    /// <summary>One transaction for a hundred directories.</summary>
    public async Task WriteAsync(string instance, IEnumerable<DirectoryPath> directories, DateTimeOffset until)
    {
        foreach (var some in directories.Chunk(RowsPerTransaction))
        {
            var rows = some.Select(directory => RowChange.Insert(
                $"{Key(directory, until)}|{ids.Next()}", new RowValues { { "schema", 1 }, { "instance", instance }, { "until", until } }));
            try
            {
                await records.CommitAsync(Table, Partition, [.. rows], CancellationToken.None);
            }
            catch (RowConflictException)
            {
                // No other row has such a key: the reply of an earlier try was lost.
            }
        }
    }

    /// <summary>Who may have files of a directory open, and until when. One query.</summary>
    public async Task<IReadOnlyList<(string Instance, DateTimeOffset Until)>> FindAsync(DirectoryPath directory, DateTimeOffset now)
    {
        var found = new List<(string, DateTimeOffset)>();
        await foreach (var row in records.QueryAsync(Table, Partition, new KeyRange(Key(directory, now), Key(directory, DateTimeOffset.MaxValue)), null, CancellationToken.None))
            found.Add((row.Values.RequiredText("instance"), row.Values.RequiredTime("until")));
        return found;
    }

    /// <summary>Deletes those that are over. A query for a thousand rows, and a transaction for a hundred. Safe to repeat, and on several instances at once.</summary>
    public async Task PurgeAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var over = new List<RowChange>();
        await foreach (var row in records.QueryAsync(Table, Partition, new KeyRange("0", "g"), null, cancellation))
        {
            if (row.Values.RequiredTime("until") > now) continue;
            over.Add(RowChange.DeleteAny(row.Key));
            if (over.Count == RowsPerTransaction) await DeleteAsync();
        }

        if (over.Count > 0) await DeleteAsync();

        async Task DeleteAsync()
        {
            try
            {
                await records.CommitAsync(Table, Partition, over, cancellation);
            }
            catch (RowConflictException)
            {
                // Another instance purges too.
            }

            over.Clear();
        }
    }

    private static string Key(DirectoryPath directory, DateTimeOffset until) =>
        string.Create(CultureInfo.InvariantCulture, $"{directory.Id:N}|{until.UtcTicks:x16}");
}
