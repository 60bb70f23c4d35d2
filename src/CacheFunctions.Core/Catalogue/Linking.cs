using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Keeps links and records in step. A link is placed only after the record names its copy, and the original stands again
/// before the record lets the copy go; so whatever breaks off, a link's copy is never without a record.
/// </summary>
internal sealed class Linking(CatalogueStore store)
{
    /// <exception cref="CacheException">Conflict: no link can stand for this file here.</exception>
    public void RequirePossible(OriginPath original)
    {
        var reason = store.Links is { } links
            ? links.WhyNot(original)
            : "links need the cache's content in a folder (Cache:Store), and this deployment keeps it in Blob Storage";
        if (reason is not null) throw new CacheException(ErrorCode.Conflict, $"cache_method: {reason}. Use atomic_copy.");
    }

    /// <summary>Whether a link stands, or is to stand, for the file's original.</summary>
    public bool IsLinked(CachedFile file) => Of(file) is not null;

    /// <summary>
    /// Lets a link stand for the file's original, if its method is one. Safe to repeat. Who removes the file meanwhile marks its
    /// record first and looks for the link then: either is seen here, or the link is seen there.
    /// </summary>
    /// <returns>The file as it is recorded now.</returns>
    /// <exception cref="CacheException">Conflict: the original has changed, or the file was removed meanwhile; the original stands.</exception>
    public async Task<CachedFile> PlaceAsync(CachedFile file)
    {
        if (Of(file) is not var (links, original, link)) return file;
        await links.PlaceAsync(original, file.Fingerprint!, link, CancellationToken.None);
        var isWanted = (await store.FindAsync(file.Id, CancellationToken.None))?.File is { Status: FileStatus.Active } now && now.Content == file.Content;
        await links.SettleAsync(original, link, isWanted, CancellationToken.None);
        if (!isWanted) throw new CacheException(ErrorCode.Conflict, $"{file.Filename} was removed from the cache meanwhile.");
        return await links.FindAsync(original, link, CancellationToken.None) is { } linked
            ? await NoteAsync(file, link, linked, CancellationToken.None)
            : file;
    }

    /// <summary>What the link leads to, as it is now. Who edits a file through its link edits the copy.</summary>
    /// <returns>The file as it is recorded now; null: no link stands there.</returns>
    public async Task<CachedFile?> RevalidateAsync(CachedFile file, CancellationToken cancellation) =>
        Of(file) is var (links, original, link) && await links.FindAsync(original, link, cancellation) is { } linked
            ? await NoteAsync(file, link, linked, cancellation)
            : null;

    /// <summary>Lets the original stand again, as a file of its own. Safe to repeat.</summary>
    public async Task RestoreAsync(CachedFile file)
    {
        if (Of(file) is not var (links, original, link)) return;
        try
        {
            await links.RestoreAsync(original, link, CancellationToken.None);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Its folder is gone, and the link with it.
        }
    }

    private async Task<CachedFile> NoteAsync(CachedFile seen, CachedLink link, Fingerprint linked, CancellationToken cancellation)
    {
        if (linked.IsSameVersion(seen.Fingerprint!)) return seen;
        // The copy has the original's times, until somebody edits it.
        var isEdited = linked.SizeBytes != seen.SizeBytes || linked.ModifiedAt != seen.Fingerprint!.ModifiedAt;
        linked = linked with { Sha256 = isEdited ? await HashAsync(seen, link, cancellation) : seen.Sha256 };
        return await store.ChangeAsync(
            seen.Id,
            isEdited ? "file_refreshed" : "file_linked",
            Trigger.System,
            (file, _) => file.Content == seen.Content && file.Fingerprint != linked
                ? (file with { Fingerprint = linked, SizeBytes = linked.SizeBytes, Sha256 = linked.Sha256 }, isEdited ? "edited through its link" : "a link stands for the original")
                : null,
            CancellationToken.None);
    }

    private async Task<string> HashAsync(CachedFile file, CachedLink link, CancellationToken cancellation)
    {
        await using var content = await store.Contents.OpenReadAsync(ContentName.Cache, link.Content, 0, null, cancellation)
            ?? throw CacheException.NotFound($"The copy of {file.Filename} is gone. Cache the file again.");
        await using var hashing = new HashingStream(content);
        await hashing.CopyToAsync(Stream.Null, cancellation);
        return hashing.Sha256();
    }

    private (IFileLinks Links, OriginPath Original, CachedLink Link)? Of(CachedFile file) =>
        file.Method != CacheMethod.AtomicCopy && file is { Content: { } content, Fingerprint: not null } && store.Links is { } links
        && store.Origins.TryResolve(file.OriginalPath, "original_path") is { } original
            ? (links, original, new CachedLink(content, file.Method == CacheMethod.AtomicHardlink))
            : null;
}
