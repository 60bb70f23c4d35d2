using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <summary>Caches files on request: one copy of a file at a time, however many ask; who comes second is attributed.</summary>
internal sealed class Adding(
    CatalogueStore store,
    FileCopier copier,
    Recording recording,
    LargeCopies large,
    Linking linking,
    Attribution attribution,
    CatalogueSettings settings)
{
    private readonly SingleFlight<CachedFileId, AddedFile> _flights = new();

    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    public async Task<AddedFile> AddAsync(Caller caller, AddCachedFile request, string? requestKey, CancellationToken cancellation)
    {
        if (request.UserId is { } user) caller.RequireMayActFor(user);
        else request = request with { UserId = caller.UserId };
        var path = FilePath.Of(store.Origins, request.FilePath, "file_path");
        var original = Original(path, request);
        if (request.CachedPath is { } existing) RequireLocatable(existing);
        var asked = new ToRecord(request, MethodOf(request, original), Trigger.Of(caller) with { UserId = request.UserId }, requestKey);
        var before = await store.Answers.FindAsync<AddingAnswer>(store.ShardOf(path.Id), requestKey, cancellation);
        if (before.Answer is { } answer) return new AddedFile((await store.GetAsync(path.Id, cancellation)).File, answer.IsNew);
        if (await store.FindAsync(path.Id, cancellation) is not { File.Status: FileStatus.Active })
        {
            var (added, isFirst) = await _flights.RunAsync(path.Id, () => CacheAsync(path, original, asked), cancellation);
            if (isFirst || added.Pending is not null) return added;
        }

        var attributed = request.UserId is null
            ? (await store.GetAsync(path.Id, cancellation)).File
            : await attribution.AddAsync(path.Id, request.UserId, asked.Reason, asked.Trigger, cancellation);
        return new AddedFile(attributed, IsNew: false);
    }

    /// <param name="original">What is to be copied; null: nothing, since a copy is there.</param>
    private async Task<AddedFile> CacheAsync(FilePath path, OriginPath? original, ToRecord asked)
    {
        CopiedFile? copied;
        try
        {
            if (asked.Request.CachedPath is { } existing)
                return await recording.RecordExistingAsync(path.Id, asked, existing, await SizeAsync(existing));
            copied = await copier.CopyAsync(path.Id, original!, CancellationToken.None);
            if (copied is not null) return await recording.RecordCopyAsync(path.Id, asked, copied);
        }
        catch (CacheException error)
        {
            await store.LogFailureAsync("file_cached", path, asked.Trigger, asked.Reason, error.Message);
            throw;
        }

        return await large.CopyAsync(path, original!, asked);
    }

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
    private async Task<long> SizeAsync(string cachedPath) =>
        await store.SizeOfCopyAsync(cachedPath, CancellationToken.None)
        ?? throw CacheException.NotFound($"cached_path: there is no copy at {cachedPath}. Name a file of an origin, or of the cache.");

    /// <exception cref="CacheException">Conflict: the method is a link, and none can stand there.</exception>
    private CacheMethod MethodOf(AddCachedFile request, OriginPath? original)
    {
        var isWatched = request.Operation is CacheTrigger.ActiveWatching or CacheTrigger.RealTimeWatch;
        var method = isWatched ? CacheMethod.AtomicCopy
            : request.Method ?? (settings.CopyMode ? CacheMethod.AtomicCopy : CacheMethod.AtomicSymlink);
        if (method != CacheMethod.AtomicCopy && original is not null) linking.RequirePossible(original);
        return method;
    }
}
