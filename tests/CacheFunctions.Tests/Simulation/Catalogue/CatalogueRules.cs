using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Simulation.Sessions;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>What must be so once everything has come to rest (design section 5, rules 6, 7, 9 and 11).</summary>
internal sealed class CatalogueRules(SimulatedCatalogue catalogue, CatalogueUsers users)
{
    public async Task CheckAsync()
    {
        var files = await FilesAsync();
        await CheckCopiesAsync(files);
        CheckQuota(files);
        await CheckLogAsync(files);
        await CheckIndexAsync(files);
    }

    /// <summary>Rule 6: no active file lacks its copy, and no copy lacks its file.</summary>
    private async Task CheckCopiesAsync(List<CachedFile> files)
    {
        foreach (var file in files)
        {
            Require(file.Status is FileStatus.Active or FileStatus.Removed && (file.Status == FileStatus.Active) == (file.Content is not null), $"{file.FilePath} is {file.Status} with the copy '{file.Content}'");
            if (file.Content is not { } name) continue;
            await using var copy = await catalogue.Contents.OpenReadAsync(ContentName.Cache, name, 0, null, default);
            Require(copy is not null, $"{file.FilePath} is active, and its copy is gone");
            Require(Text.Hash(await Text.ReadAsync(copy!)) == file.Sha256, $"{file.FilePath}: its copy is not what was recorded");
        }

        var named = files.Select(file => file.Content).ToHashSet();
        foreach (var name in catalogue.Contents.Names(ContentName.Cache)) Require(named.Contains(name), $"the copy {name} is nobody's");
    }

    /// <summary>Rule 7: what was begun had room; and once nothing is under way any more, what is not pinned lies within the quota.</summary>
    private void CheckQuota(List<CachedFile> files)
    {
        Require(catalogue.Quota.Violations.Count == 0, string.Join("; ", catalogue.Quota.Violations));
        var pinned = files.Where(file => file is { Pinned: true, Content: not null }).Sum(file => file.SizeBytes);
        Require(
            catalogue.Quota.StoredBytes <= Math.Max(pinned, catalogue.Settings.MaxBytes),
            $"{catalogue.Quota.StoredBytes} bytes are stored of {catalogue.Settings.MaxBytes}, and {pinned} are pinned");
    }

    /// <summary>Rule 9: each request was carried out once at the most; and the last operation of a file tells how it is.</summary>
    private async Task CheckLogAsync(List<CachedFile> files)
    {
        var log = new List<LoggedOperation>();
        for (var shard = 0; shard < 2; shard++)
            await foreach (var operation in new OperationLog(catalogue.Records, CatalogueStore.TableName).FollowAsync(shard, 0, default)) log.Add(operation);
        foreach (var twice in log.Where(each => each.Operation is { Success: true, Type: "file_cached" } && each.Operation.Reason.StartsWith("key ", StringComparison.Ordinal))
            .GroupBy(each => each.Operation.Reason).Where(group => group.Count() > 1))
        {
            var entity = twice.First().Operation.Entity;
            var story = log.Where(each => each.Operation.Entity == entity).Select(each => $"{each.Timestamp:dd HH:mm:ss} {each.Operation.Type} ({each.Operation.Reason})");
            Require(false, $"{twice.Key} was carried out {twice.Count()} times: {string.Join(", ", story)}");
        }

        foreach (var file in files)
        {
            var last = log.Where(each => each.Operation.Entity == file.Id.ToString() && each.Operation.State is not null).MaxBy(each => each.Sequence);
            Require(last?.Operation.State == CatalogueEntry.Of(file).Write(), $"the log's last word on {file.FilePath} is {last?.Operation.State}, not {CatalogueEntry.Of(file).Write()}");
        }
    }

    /// <summary>Rule 11: the index has what the rows have, and no more hits than there were.</summary>
    private async Task CheckIndexAsync(List<CachedFile> files)
    {
        var page = await catalogue.Healthy().Index.PageAsync(new FilesQuery(new CachedFilesFilter(), IncludeRemoved: true, Limit: 500), exact: true, default);
        var listed = page.Files.ToDictionary(file => file.Id);
        Require(listed.Count == files.Count, $"the index has {listed.Count} files, the table {files.Count}");
        var hits = 0L;
        foreach (var file in files)
        {
            var indexed = listed[file.Id];
            Require(
                (indexed.FilePath, indexed.SizeBytes, indexed.Status, indexed.Pinned) == (file.FilePath, file.SizeBytes, file.Status, file.Pinned)
                && indexed.Users.Order().SequenceEqual(file.Users.Order()),
                $"the index has {indexed}, the table {file}");
            hits += indexed.AccessCount - file.AccessCount;
        }

        Require(hits <= users.Served, $"{hits} hits are counted, and only {users.Served} were made");
    }

    private async Task<List<CachedFile>> FilesAsync()
    {
        var files = new List<CachedFile>();
        await foreach (var file in catalogue.Healthy().Service.ExportCachedFilesAsync(Caller.Machine)) files.Add(file);
        await foreach (var file in catalogue.Healthy().Service.ExportCachedFilesAsync(Caller.Machine, status: FileStatus.Removed)) files.Add(file);
        // As the rows have it: an export adds the hits.
        var store = catalogue.Records;
        for (var i = 0; i < files.Count; i++)
        {
            var row = await store.GetAsync(CatalogueStore.TableName, Shard.Partition(files[i].Id.Shard(2)), $"f|{files[i].Id}", default);
            files[i] = files[i] with { AccessCount = row!.Values.RequiredNumber("access_count"), LastAccessed = row.Values.Time("last_accessed") };
        }

        return files;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new InvalidOperationException(message);
    }
}
