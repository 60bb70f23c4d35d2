using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Caches files: copies, then records with one transaction. Safe to repeat: an id is inserted once, who comes second is
/// attributed, and a copy that lost is deleted only when another is certainly the recorded one.
/// </summary>
internal sealed class Adding(CatalogueStore store, FileCopier copier, Attribution attribution, CatalogueSettings settings)
{
    private readonly SingleFlight<CachedFileId, AddedFile> _flights = new();

    public async Task<AddedFile> AddAsync(Caller caller, AddCachedFile request, CancellationToken cancellation)
    {
        if (request.UserId is { } user) caller.RequireMayActFor(user);
        else request = request with { UserId = caller.UserId };
        var path = FilePath.Of(store.Origins, request.FilePath, "file_path");
        var original = Original(path, request);
        if (request.CachedPath is { } existing) RequireLocatable(existing);
        var method = MethodOf(request);
        var trigger = Trigger.Of(caller) with { UserId = request.UserId };
        if (await store.FindAsync(path.Id, cancellation) is not { File.Status: FileStatus.Active })
        {
            var (added, isFirst) = await _flights.RunAsync(path.Id, () => CacheAsync(path, original, method, request, trigger), cancellation);
            if (isFirst) return added;
        }

        var attributed = request.UserId is null
            ? (await store.GetAsync(path.Id, cancellation)).File
            : await attribution.AddAsync(path.Id, request.UserId, Reason(request), trigger, cancellation);
        return new AddedFile(attributed, IsNew: false);
    }

    /// <param name="original">What is to be copied; null: nothing, since a copy is there.</param>
    private async Task<AddedFile> CacheAsync(
        FilePath path, OriginPath? original, CacheMethod method, AddCachedFile request, Trigger trigger)
    {
        try
        {
            if (request.CachedPath is { } existing)
            {
                return await RecordAsync(path, request, method, existing, await SizeAsync(existing), null, trigger);
            }

            var copied = await copier.CopyAsync(path.Id, original!, RequireRoom, CancellationToken.None);
            try
            {
                var added = await RecordAsync(
                    path, request, method, CatalogueStore.CachedPath(copied.Content), copied.SizeBytes, copied, trigger);
                if (added.File.Content != copied.Content) await copier.DeleteAsync(copied.Content);
                return added;
            }
            catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
            {
                await copier.DeleteAsync(copied.Content);
                throw;
            }
        }
        catch (CacheException error)
        {
            await store.LogFailureAsync("file_cached", path, trigger, Reason(request), error.Message);
            throw;
        }
    }

    private Task<AddedFile> RecordAsync(
        FilePath path, AddCachedFile request, CacheMethod method, string cachedPath, long sizeBytes, CopiedFile? copied, Trigger trigger) =>
        store.Files.UpdateAsync(
            store.ShardOf(path.Id),
            async token =>
            {
                var found = await store.FindAsync(path.Id, token);
                if (found is { File.Status: FileStatus.Active }) return new Decision<AddedFile>(null, new AddedFile(found.File, false));
                found?.File.Status.RequireMayBecome(FileStatus.Active);
                var now = store.Now;
                var file = new CachedFile(
                    path.Id, request.FilePath, request.OriginalPath ?? request.FilePath, cachedPath, method, sizeBytes, now,
                    request.Operation, request.UserId, found?.File.Users ?? [], FileStatus.Active, now,
                    Content: copied?.Content, Sha256: copied?.Sha256, Fingerprint: copied?.Fingerprint, Metadata: request.Metadata);
                var change = new Change();
                if (request.UserId is { } user) file = Attribution.With(change, file, user, Reason(request), now);
                change
                    .Put(CatalogueRows.FileKey(file.Id), found?.Row, CatalogueRows.Values(file))
                    .Log(CatalogueStore.Log(copied is null ? "file_recorded" : "file_cached", file, trigger, Reason(request)));
                return new(change, new AddedFile(file, true));
            },
            CancellationToken.None);

    /// <returns>null: nothing is to be copied, and the original may lie anywhere.</returns>
    private OriginPath? Original(FilePath path, AddCachedFile request)
    {
        var original = request.OriginalPath is { } text ? FilePath.Of(store.Origins, text, "original_path") : null;
        if (request.CachedPath is not null) return null;
        return original is null ? path.RequireOrigin(store.Origins, "file_path") : original.RequireOrigin(store.Origins, "original_path");
    }

    /// <exception cref="CacheException">InvalidArgument: no copy can be there.</exception>
    private void RequireLocatable(string cachedPath)
    {
        var path = FilePath.Of(store.Origins, cachedPath, "cached_path");
        if (!cachedPath.StartsWith(CatalogueStore.CachedPrefix, StringComparison.Ordinal)) path.RequireOrigin(store.Origins, "cached_path");
    }

    /// <exception cref="CacheException">NotFound: there is no copy.</exception>
    private async Task<long> SizeAsync(string cachedPath)
    {
        if (store.Origins.TryResolve(cachedPath, "cached_path") is { } origin
            && await origin.Origin.FindAsync(origin.Path, CancellationToken.None) is { } fingerprint) return fingerprint.SizeBytes;
        const string prefix = CatalogueStore.CachedPrefix;
        if (cachedPath.StartsWith(prefix, StringComparison.Ordinal)
            && await store.Contents.SizeAsync(ContentName.Cache, cachedPath[prefix.Length..], CancellationToken.None) is { } size) return size;
        throw CacheException.NotFound($"cached_path: there is no copy at {cachedPath}. Name a file of an origin, or of the cache.");
    }

    private CacheMethod MethodOf(AddCachedFile request)
    {
        var isWatched = request.Operation is CacheTrigger.ActiveWatching or CacheTrigger.RealTimeWatch;
        var method = isWatched ? CacheMethod.AtomicCopy
            : request.Method ?? (settings.CopyMode ? CacheMethod.AtomicCopy : CacheMethod.AtomicSymlink);
        if (method == CacheMethod.AtomicCopy || request.CachedPath is not null) return method;
        throw new CacheException(
            ErrorCode.Conflict,
            "cache_method: links need the cache's content in a folder, and this deployment keeps it in Blob Storage. Use atomic_copy.");
    }

    private void RequireRoom(long sizeBytes)
    {
        if (sizeBytes > settings.MaxBytes)
            throw new CacheException(ErrorCode.QuotaExceeded, $"The file has {sizeBytes} bytes, and the cache's quota is {settings.MaxBytes} (Cache:MaxBytes).");
    }

    private static string Reason(AddCachedFile request) =>
        request.AttributionReason ?? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(request.Operation.ToString());
}
