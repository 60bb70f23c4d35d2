using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Contents.Directories;
using CacheFunctions.Storage.Origins.Linux;

namespace CacheFunctions.Storage.Origins.Links;

/// <summary>
/// Links in directory origins to copies in a directory. Beside the original lie, for a moment and under names made from the
/// copy's: <c>.link</c>, which is the link until it is exchanged with the original and the original afterwards, and
/// <c>.restored</c>, which is to stand for the link again.
/// </summary>
/// <param name="contents">The folder of the copies, as this machine knows it.</param>
/// <param name="linkTarget">The same folder, as the readers of symbolic links know it.</param>
public sealed class DirectoryLinks(string contents, string linkTarget, TimeProvider time) : IFileLinks
{
    private const uint PrivateMode = 0x180; // 0600

    public string? WhyNot(OriginPath original) => original.Origin switch
    {
        DirectoryOrigin { ReadOnly: true } => $"the origin '{original.Origin.Name}' is read-only",
        DirectoryOrigin => null,
        _ => $"the origin '{original.Origin.Name}' is not a directory, and only directories have links",
    };

    public Task PlaceAsync(OriginPath original, Fingerprint expected, CachedLink link, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var place = Open(original, link);
            if (place.IsLink()) return;
            var found = place.Folder.Find(place.Name);
            if (found is not { IsFile: true } file || !DirectoryFingerprint.Of(file).IsSameVersion(expected)) throw Changed(original);
            place.TakeAttributes(file);
            Make(original, place, link);
            var error = place.Folder.TryRename(place.Displaced, place.Name, Native.RenameExchange);
            if (error == ErrorNumber.Invalid) error = ReplaceKeeping(place);
            if (error != 0)
            {
                place.Folder.Remove(place.Displaced);
                throw error == ErrorNumber.NoEntry ? Changed(original) : place.Folder.Failure(error);
            }

            place.Folder.Sync();
            if (place.Folder.Find(place.Displaced) is { } displaced && displaced.Inode == file.Inode && displaced.Size == file.Size
                && displaced.Modified.Instant == file.Modified.Instant) return;
            PutBack(place);
            throw Changed(original);
        },
        cancellation);

    public Task SettleAsync(OriginPath original, CachedLink link, bool keep, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var place = Open(original, link);
            if (place.Folder.Find(place.Displaced) is null) return;
            // Only what a link stands for already may go; what has not been exchanged yet is the link itself.
            if (!keep && place.IsLink()) PutBack(place);
            else place.Folder.Remove(place.Displaced);
            place.Folder.Sync();
        },
        cancellation);

    public Task<Fingerprint?> FindAsync(OriginPath original, CachedLink link, CancellationToken cancellation) => Task.Run(
        () =>
        {
            try
            {
                using var place = Open(original, link);
                return place.IsLink() && place.Copy() is { } copy ? DirectoryFingerprint.Of(copy) : null;
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                return null;
            }
        },
        cancellation);

    public Task RestoreAsync(OriginPath original, CachedLink link, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var place = Open(original, link);
            place.DeleteOldRestored(time.GetUtcNow());
            // A hard link is the file itself, and stays when the copy's name goes. A copy that is gone cannot be restored.
            if (!link.IsHard && place.IsLink() && place.Copy() is not null) Restore(place);

            place.Folder.Remove(place.Displaced);
            place.Folder.Sync();
        },
        cancellation);

    private static void Restore(LinkPlace place)
    {
        var restored = place.NewRestored();
        try
        {
            using (var file = place.Folder.CreateNew(restored, PrivateMode)) place.CopyTo(file);
            var error = place.Folder.TryRename(restored, place.Name, Native.RenameExchange);
            if (error == ErrorNumber.Invalid && place.IsLink()) error = place.Folder.TryRename(restored, place.Name, 0);
            if (error == ErrorNumber.NoEntry) return;
            if (error != 0) throw place.Folder.Failure(error);
            place.Folder.Sync();
            if (place.Folder.Find(restored) is null || place.IsLink(restored)) return;
            // Somebody has put a file of their own there in that moment: it stays, and the copy goes.
            error = place.Folder.TryRename(restored, place.Name, Native.RenameExchange);
            if (error != 0) throw place.Folder.Failure(error);
        }
        finally
        {
            place.Folder.Remove(restored);
        }
    }

    private void Make(OriginPath original, LinkPlace place, CachedLink link)
    {
        // Left by an attempt that ended before the exchange: afterwards a link would stand.
        place.Folder.Remove(place.Displaced);
        var error = link.IsHard ? place.TryHardLink() : place.Folder.TrySymbolicLink(Target(link), place.Displaced);
        if (error == ErrorNumber.CrossDevice)
        {
            throw new CacheException(
                ErrorCode.Conflict, $"cache_method: a hard link to {original.NasPath} needs the cache and the origin on one file system. Use atomic_symlink or atomic_copy.");
        }

        if (error is ErrorNumber.NotPermitted or ErrorNumber.NotSupported)
            throw new CacheException(ErrorCode.Conflict, $"cache_method: the file system of {original.NasPath} has no such links. Use atomic_copy.");
        if (error != 0) throw place.Folder.Failure(error);
    }

    /// <summary>Where two names cannot be exchanged: the original gets a second name before the link takes its first.</summary>
    private static int ReplaceKeeping(LinkPlace place)
    {
        var link = place.Displaced + "-new";
        var error = place.Folder.TryRename(place.Displaced, link, 0);
        if (error == 0) error = place.Folder.TryLink(place.Name, place.Displaced);
        if (error == 0) error = place.Folder.TryRename(link, place.Name, 0);
        if (error != 0) place.Folder.Remove(link);
        return error;
    }

    private static void PutBack(LinkPlace place)
    {
        var error = place.Folder.TryRename(place.Displaced, place.Name, Native.RenameExchange);
        if (error == ErrorNumber.Invalid && place.IsLink()) error = place.Folder.TryRename(place.Displaced, place.Name, 0);
        else if (error == 0 && !place.IsLink(place.Displaced))
        {
            // Somebody has put another file in the link's place meanwhile: it stays, and what it replaced goes.
            error = place.Folder.TryRename(place.Displaced, place.Name, Native.RenameExchange);
        }

        if (error is not 0 and not ErrorNumber.NoEntry) throw place.Folder.Failure(error);
        place.Folder.Remove(place.Displaced);
        place.Folder.Sync();
    }

    private LinkPlace Open(OriginPath original, CachedLink link) =>
        LinkPlace.Open((DirectoryOrigin)original.Origin, original.Path, contents, link, Target(link));

    private string Target(CachedLink link) => $"{linkTarget.TrimEnd('/')}/{ContentPath.Of(ContentName.Cache, link.Content)}";

    private static CacheException Changed(OriginPath original) => new(
        ErrorCode.Conflict, $"{original.NasPath} has changed since it was copied, so no link took its place. Cache it again.");
}
