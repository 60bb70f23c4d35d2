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
    // How often others may come first.
    private const int MaxAttempts = 8;

    private readonly SingleFlight<CachedFileId, AddedFile?> _flights = new();

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
        if (before.Answer is { } answer && await store.FindAsync(path.Id, cancellation) is { } cached) return new AddedFile(cached.File, answer.IsNew);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.FindAsync(path.Id, cancellation) is { File: { Status: FileStatus.Active } file })
            {
                if (await AttributedAsync(file, asked, cancellation) is { } attributed) return new AddedFile(attributed, IsNew: false);
                continue;
            }

            var (added, isFirst) = await _flights.RunAsync(path.Id, () => CacheAsync(path, original, asked), cancellation);
            // What another request has cached is there, unless somebody has removed it again.
            if (added is not null && (added.Pending is not null || (isFirst && added.IsNew))) return added;
        }

        throw CacheException.Unavailable($"{path.Text} is cached and removed by others all the time. Try again.");
    }

    /// <returns>null: it was removed from the cache meanwhile.</returns>
    private async Task<CachedFile?> AttributedAsync(CachedFile file, ToRecord asked, CancellationToken cancellation)
    {
        if (asked.Request.UserId is not { } user) return file;
        try
        {
            return await attribution.AddAsync(file.Id, user, asked.Reason, asked.Trigger, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <param name="original">What is to be copied; null: nothing, since a copy is there.</param>
    /// <returns>null: it was cached, and removed again.</returns>
    private async Task<AddedFile?> CacheAsync(FilePath path, OriginPath? original, ToRecord asked)
    {
        CopiedFile? copied;
        var patience = large.NewPatience();
        try
        {
            if (asked.Request.CachedPath is { } existing)
                return await recording.RecordExistingAsync(path.Id, asked, existing, await SizeAsync(existing));
            copied = await copier.CopyAsync(path.Id, original!, patience);
            if (copied is not null) return await recording.RecordCopyAsync(path.Id, asked, copied);
        }
        catch (CacheException error)
        {
            await store.LogFailureAsync("file_cached", path, asked.Trigger, asked.Reason, error.Message);
            throw;
        }

        return await large.CopyAsync(path, original!, asked, patience);
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
        if (store.NameOf(cachedPath) is null) FilePath.Of(store.Origins, cachedPath, "cached_path").RequireOrigin(store.Origins, "cached_path");
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
