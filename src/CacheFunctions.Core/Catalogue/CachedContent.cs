using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>Opens the bytes of cached files: from the cache container, or from where a recorded copy lies.</summary>
internal sealed class CachedContent(CatalogueStore store, HotContent hot)
{
    /// <summary>A copy that was recorded is somebody else's file: how it is now, only a look tells. Copies of this service never change.</summary>
    /// <exception cref="CacheException">NotFound: the copy is gone.</exception>
    public ValueTask<CachedFile> AsItIsAsync(CachedFile file, CancellationToken cancellation) =>
        file.Content is null && store.OriginOf(file.CachedPath) is { } origin ? RecordedAsItIsAsync(file, origin, cancellation) : new(file);

    private async ValueTask<CachedFile> RecordedAsItIsAsync(CachedFile file, OriginPath origin, CancellationToken cancellation)
    {
        var found = await origin.Origin.FindAsync(origin.Path, cancellation);
        if (found is not null) return file with { SizeBytes = found.SizeBytes, Fingerprint = found };
        return store.NameOf(file.CachedPath) is not null ? file : throw Gone(file);
    }

    /// <exception cref="CacheException">NotFound: the copy is gone.</exception>
    public async Task<Stream> OpenAsync(CachedFile file, long offset, long? length, CancellationToken cancellation)
    {
        if (await OpenCopyAsync(file, offset, length, cancellation) is { } copy) return copy;
        if (file is { Content: not null, Status: FileStatus.Active } && await OpenOriginalAsync(file, offset, length, cancellation) is { } original) return original;
        if (store.OriginOf(file.CachedPath) is not { } origin) throw Gone(file);
        var opened = await origin.Origin.OpenReadAsync(origin.Path, cancellation);
        if (file.Fingerprint is null) return new SpanOfStream(opened.Content, offset, length ?? opened.Fingerprint.SizeBytes - offset);
        // Served from an origin: one version, as it was found, or none.
        if (opened.Fingerprint.IsSameVersion(file.Fingerprint)) return new UnchangedStream(opened, offset, length);
        await opened.DisposeAsync();
        throw CacheException.Unavailable($"{origin.NasPath} has just changed. Try again.");
    }

    /// <returns>null: it is gone, or lies elsewhere.</returns>
    private async ValueTask<Stream?> OpenCopyAsync(CachedFile file, long offset, long? length, CancellationToken cancellation)
    {
        // Only copies that this service made have names that always stand for the same bytes.
        if (file.Content is { } own) return await hot.OpenAsync(store.Contents, new ContentKey(ContentName.Cache, own), file.SizeBytes, offset, length, cancellation);
        return store.NameOf(file.CachedPath) is { } name ? await store.Contents.OpenReadAsync(ContentName.Cache, name, offset, length, cancellation) : null;
    }

    private static CacheException Gone(CachedFile file) => CacheException.NotFound($"The copy of {file.Filename} is gone. Cache the file again.");

    /// <summary>A copy may be evicted, or replaced by a newer one, right before it is opened. The origin may still have what was promised.</summary>
    /// <returns>null: it has another version, or none.</returns>
    private async Task<Stream?> OpenOriginalAsync(CachedFile file, long offset, long? length, CancellationToken cancellation)
    {
        if (file.Fingerprint is null || store.Origins.TryResolve(file.OriginalPath, "original_path") is not { } origin) return null;
        try
        {
            var opened = await origin.Origin.OpenReadAsync(origin.Path, cancellation);
            if (opened.Fingerprint.IsSameVersion(file.Fingerprint)) return new UnchangedStream(opened, offset, length);
            await opened.Content.DisposeAsync();
        }
        catch (CacheException)
        {
            // Then the copy is what the caller must hear of.
        }

        return null;
    }
}
