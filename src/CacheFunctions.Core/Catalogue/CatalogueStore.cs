using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Idempotency;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>The records and contents of cached files, as the parts of the catalogue share them.</summary>
/// <param name="contents">Where the copies lie.</param>
/// <param name="systemContents">Where the service keeps what is its own.</param>
/// <param name="container">How callers name them.</param>
/// <param name="links">null: where the copies lie, there is nothing to link to.</param>
public sealed class CatalogueStore(
    RecordTable files,
    IContentStore contents,
    CacheContainer container,
    IContentStore systemContents,
    IFileLinks? links,
    OriginSet origins,
    TimeProvider time,
    RandomIds? ids = null)
{
    public const string TableName = CatalogueRows.Table;

    /// <summary>The index of these records; one for each process, made before anything is changed.</summary>
    public CatalogueIndex CreateIndex(IRecordStore records, Notices notices) =>
        new(records, systemContents, files, CatalogueRows.Entry, notices, time);

    internal RecordTable Files => files;

    internal IContentStore Contents => contents;

    internal IContentStore SystemContents => systemContents;

    internal IFileLinks? Links => links;

    internal OriginSet Origins => origins;

    internal RandomIds Ids { get; } = ids ?? RandomIds.Secure;

    internal Answers Answers { get; } = new(files, time);

    internal TimeProvider Time => time;

    internal DateTimeOffset Now => time.GetUtcNow();

    internal int ShardOf(CachedFileId id) => id.Shard(files.ShardCount);

    /// <returns>null: the path was never cached, or is purged.</returns>
    internal async Task<FoundFile?> FindAsync(CachedFileId id, CancellationToken cancellation)
    {
        var shard = ShardOf(id);
        var row = await files.GetAsync(shard, CatalogueRows.FileKey(id), cancellation);
        return row is null ? null : new FoundFile(shard, row, CatalogueRows.File(row));
    }

    /// <exception cref="CacheException">NotFound.</exception>
    internal async Task<FoundFile> GetAsync(CachedFileId id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw NoSuchFile();

    /// <summary>
    /// Changes one file's row with the operation that tells of it. Safe to repeat: decided anew from what is read then.
    /// </summary>
    /// <param name="decide">Says what becomes of it, and why; null: nothing.</param>
    internal Task<CachedFile> ChangeAsync(
        CachedFileId id,
        string operation,
        Trigger trigger,
        Func<CachedFile, Change, (CachedFile File, string Reason)?> decide,
        CancellationToken cancellation) =>
        files.UpdateAsync(
            ShardOf(id),
            async token =>
            {
                var found = await GetAsync(id, token);
                var change = new Change();
                if (decide(found.File, change) is not { } decided) return new Decision<CachedFile>(null, found.File);
                change
                    .Replace(found.Row, CatalogueRows.Values(decided.File))
                    .Log(Log(operation, decided.File, trigger, decided.Reason));
                return new(change, decided.File);
            },
            cancellation);

    /// <summary>An operation with the file as it is after it.</summary>
    internal static Operation Log(string type, CachedFile file, Trigger trigger, string reason) => new(
        type, file.Id.ToString(), file.FilePath, trigger.By, trigger.UserId, reason, State: CatalogueEntry.Of(file).Write());

    /// <summary>Tells of something that did not work: it changes nothing, but is logged all the same.</summary>
    internal async Task LogFailureAsync(string type, FilePath path, Trigger trigger, string reason, string error)
    {
        try
        {
            var operation = new Operation(
                type, path.Id.ToString(), path.Text, trigger.By, trigger.UserId, reason, Success: false, ErrorMessage: error);
            await files.CommitAsync(ShardOf(path.Id), new Change().Log(operation));
        }
        catch (CacheException)
        {
            // Storage is what failed, most likely; the caller is told of the first failure.
        }
    }

    /// <summary>How large a recorded copy is: in an origin, or under a name of the cache container.</summary>
    /// <returns>null: there is none.</returns>
    internal async Task<long?> SizeOfCopyAsync(string cachedPath, CancellationToken cancellation)
    {
        if (OriginOf(cachedPath) is { } origin && await origin.Origin.FindAsync(origin.Path, cancellation) is { } fingerprint) return fingerprint.SizeBytes;
        return NameOf(cachedPath) is not { } name ? null : await contents.SizeAsync(ContentName.Cache, name, cancellation);
    }

    internal static CacheException NoSuchFile() => CacheException.NotFound("There is no such cached file.");

    /// <summary>How callers see where a copy made by this service lies.</summary>
    internal static string CachedPath(string content) => CacheContainer.PathOf(content);

    /// <returns>Where a recorded copy lies in an origin; null: in none.</returns>
    internal OriginPath? OriginOf(string cachedPath) =>
        CacheContainer.IsAddress(cachedPath) ? null : origins.TryResolve(cachedPath, "cached_path");

    /// <returns>The name of a copy in the cache container; null: it lies in an origin, if anywhere.</returns>
    internal string? NameOf(string cachedPath) => container.NameOf(cachedPath);
}

/// <summary>A cached file with the row it was read from.</summary>
internal sealed record FoundFile(int Shard, Row Row, CachedFile File);
