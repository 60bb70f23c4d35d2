using System.Security.Cryptography;
using Azure.Data.Tables;
using CacheFunctions.Directories;
using CacheFunctions.Storage.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>
/// Everything that the service could change: the files of the origin and around it, every row, every blob. Only what the
/// log tells of a failure is left out, since that is what it is for, and what tells of hits.
/// </summary>
/// <param name="folder">The origin's folder and what lies beside it.</param>
internal sealed class State(IServiceProvider services, string folder)
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private readonly StorageAccount _account = services.GetRequiredService<StorageAccount>();

    public async Task<IReadOnlySet<string>> ReadAsync() =>
        (await Task.WhenAll(RowsAsync(), BlobsAsync())).SelectMany(lines => lines).Concat(Files()).ToHashSet(StringComparer.Ordinal);

    /// <returns>What is in one and not in the other; nothing: they are equal.</returns>
    public static IReadOnlyList<string> Difference(IReadOnlySet<string> before, IReadOnlySet<string> after) =>
        [.. before.Except(after).Select(line => $"- {line}"), .. after.Except(before).Select(line => $"+ {line}")];

    private async Task<List<string>> RowsAsync()
    {
        var lines = new List<string>();
        await foreach (var table in _account.Tables.QueryAsync((string?)null))
            await foreach (var row in _account.Tables.GetTableClient(table.Name).QueryAsync<TableEntity>((string?)null, null, ["PartitionKey", "RowKey", "success"]))
                if (row.GetBoolean("success") is not false && !IsBesideRequests(table.Name, row.PartitionKey)) lines.Add($"row {table.Name} {row.PartitionKey} {row.RowKey} {Version(table.Name, row)}");
        return lines;
    }

    private async Task<List<string>> BlobsAsync()
    {
        var lines = new List<string>();
        await foreach (var container in _account.Blobs.GetBlobContainersAsync())
            await foreach (var blob in _account.Blobs.GetBlobContainerClient(container.Name).GetBlobsAsync())
                lines.Add($"blob {container.Name} {blob.Name} {blob.Properties.ETag}");
        return lines;
    }

    // Hits, which directories were read, and which shards have grown: gathered in memory and written some seconds or a minute later, with
    // no request. And where somebody may have files open, as who reads a file of a directory notes.
    private static bool IsBesideRequests(string table, string partition) => table switch
    {
        "notices" => true,
        "control" => partition is "open-directories" or "trace-directories" || partition.StartsWith("hits-", StringComparison.Ordinal),
        _ => false,
    };

    // So it does in the directory's row, which is no news; what is news has a row in the log as well.
    private static string Version(string table, TableEntity row) =>
        table == DirectoryStore.TableName && row.RowKey.StartsWith("d|", StringComparison.Ordinal) ? "" : row.ETag.ToString();

    private IEnumerable<string> Files()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", Everything))
        {
            var file = new FileInfo(path);
            // A pipe or a link is not read: its name and target say all.
            var isPlain = file.Attributes is FileAttributes.Normal && file.UnixFileMode != UnixFileMode.None && file.Length > 0;
            yield return $"file {path} {file.Attributes} {file.LinkTarget} {file.LastWriteTimeUtc.Ticks} {(isPlain ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : "")}";
        }
    }
}
