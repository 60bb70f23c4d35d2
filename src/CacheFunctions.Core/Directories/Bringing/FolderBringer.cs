using CacheFunctions.Directories.Compressing;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Bringing;

/// <summary>
/// Brings an origin's folder into the store and registers it: folder by folder in the order of names, a few files at once. Files that
/// are there already under the same names are replaced. Room for what comes is reserved until the registration counts it.
/// </summary>
internal sealed class FolderBringer(
    DirectoryStore store, Registration registration, DirectoryCompression compression, DirectoryRoom room, OpenLeases leases)
{
    private const int FilesAtOnce = 4;

    /// <summary>Safe to repeat from any place that it told of.</summary>
    /// <param name="compress">Whether all that lies in it is to be compressed; null: as what is stored in it.</param>
    /// <param name="owner">Who does so: the same again goes on at once, another once the lock has ended.</param>
    /// <param name="so">What was brought before.</param>
    /// <param name="told">Told of progress: a later run may go on from there.</param>
    /// <param name="through">What each file's content is read through.</param>
    /// <param name="isTriedAgain">Whether a failure is one after which it will be tried again, so that what was brought stays locked.</param>
    /// <exception cref="CacheException">Locked: it is being worked on; QuotaExceeded; whatever the origin says.</exception>
    public async Task<RegisteredDirectory> BringAsync(
        DirectoryPath path,
        OriginPath from,
        bool? compress,
        string owner,
        Trigger trigger,
        Brought so,
        Action<Brought> told,
        Func<Stream, Stream> through,
        Func<Exception, bool> isTriedAgain,
        CancellationToken cancellation)
    {
        var own = new DirectoryLock(store, path, owner);
        await store.UseHoldersAsync(path, trigger, cancellation);
        var (locked, isNew) = await LockAsync(path, own, from, compress, trigger, cancellation);
        if (isNew) await leases.RegisteredAsync(path);
        var isEmpty = locked.FileCount == 0;
        var compresses = locked.Compressed || (await store.HoldersAsync(path, cancellation)).Any(holder => holder.Compressed);
        var reserved = new List<IDisposable>();
        try
        {
            // What an earlier run has brought counts nowhere yet.
            reserved.Add(await room.ReserveAsync(path, $"The directory '{path}'", so.Growth, cancellation));
            var after = so.After?[(from.Path.Length + 1)..];
            await foreach (var some in OriginFolder.InBatches(OriginFolder.FilesAsync(from.Origin, from.Path, after, cancellation), FilesAtOnce))
            {
                await own.KeepAsync(cancellation);
                var copied = await Task.WhenAll(some.Select(file => CopyAsync(path, from, file, replaces: !isEmpty, compresses, reserved, through, cancellation)));
                so = new Brought(so.Files + some.Count, so.Bytes + copied.Sum(each => each.SizeBytes), so.Growth + copied.Sum(each => each.Growth), some[^1]);
                told(so);
            }

            // What lay there before, under other names.
            if (compress is true && !isEmpty) await compression.CompressAsync(path, () => own.KeepAsync(cancellation), null, cancellation);
            return await registration.RegisterAsync(path, trigger, own, compress, cancellation) with { IsNew = isNew };
        }
        catch (CacheException error) when (!isTriedAgain(error))
        {
            await GiveUpAsync(path, own, trigger, error.Message);
            throw;
        }
        finally
        {
            foreach (var each in reserved) each.Dispose();
        }
    }

    /// <summary>Registers it empty, if need be, so that its lock stands and nobody takes away what is being brought.</summary>
    private Task<(CachedDirectory Locked, bool IsNew)> LockAsync(
        DirectoryPath path, DirectoryLock own, OriginPath from, bool? compress, Trigger trigger, CancellationToken cancellation) =>
        store.Table.UpdateAsync(
            store.ShardOf(path),
            async token =>
            {
                var found = await store.FindAsync(path, token);
                var before = found?.Directory ?? leases.New(new CachedDirectory(path.Text, 0, 0, store.Now, store.Now));
                var locked = own.Put(before) with { Compressed = compress ?? before.Compressed };
                var change = new Change()
                    .Put(DirectoryRows.Key(path.Text), found?.Row, DirectoryRows.Values(locked))
                    .Log(DirectoryStore.Log("directory_import_begun", locked, trigger, $"from {from.NasPath}"));
                return new Decision<(CachedDirectory, bool)>(change, (locked, found is null));
            },
            cancellation);

    /// <summary>What was brought so far counts, and its TTL runs; where nothing was, nothing stays.</summary>
    private async Task GiveUpAsync(DirectoryPath path, DirectoryLock own, Trigger trigger, string error)
    {
        var (size, count) = await store.CountAsync(path, CancellationToken.None);
        await store.Table.UpdateAsync(
            store.ShardOf(path),
            async token =>
            {
                if (await store.FindAsync(path, token) is not { } found || found.Directory.LockOwner != own.Owner) return new Decision<bool>(null, false);
                var left = found.Directory.Unlocked() with { SizeBytes = size, FileCount = count };
                var log = DirectoryStore.Log("directory_import_failed", left, trigger, "given up", isGone: count == 0) with { Success = false, ErrorMessage = error };
                var change = new Change().Log(log);
                return new(count == 0 ? change.Delete(found.Row) : change.Replace(found.Row, DirectoryRows.Values(left)), true);
            },
            CancellationToken.None);
    }

    private Task<Copied> CopyAsync(
        DirectoryPath path,
        OriginPath from,
        string file,
        bool replaces,
        bool compresses,
        List<IDisposable> reserved,
        Func<Stream, Stream> through,
        CancellationToken cancellation)
    {
        var target = DirectoryPath.Of(path.Prefix + file[(from.Path.Length + 1)..], "from_origin").Text;
        var source = store.Origins.Get(from.Origin.Name, file);
        return WholeVersion.CopyAsync<Copied>(
            source,
            async opened =>
            {
                var size = opened.Fingerprint.SizeBytes;
                if (!compresses) room.RequireFits(source.NasPath, size);
                var before = replaces ? (await store.Blobs.FindNowAsync(target, cancellation))?.SizeBytes ?? 0 : 0;
                var held = await room.ReserveAsync(path, source.NasPath, compresses ? 0 : size - before, cancellation);
                using var counted = new RoomAsItComes(before, (more, soFar) =>
                {
                    room.RequireFits(source.NasPath, soFar);
                    return room.ReserveAsync(path, source.NasPath, more, cancellation);
                });
                try
                {
                    await using var unchanged = new UnchangedStream(opened);
                    await using var content = through(unchanged);
                    await store.Blobs.WriteAsync(target, content, size, compresses, compresses ? counted.Count : null, cancellation);
                }
                catch
                {
                    held.Dispose();
                    throw;
                }

                var stored = size;
                if (compresses)
                {
                    // Until the directory is counted, exactly that much.
                    stored = (await store.Blobs.FindNowAsync(target, cancellation))?.SizeBytes ?? 0;
                    held.Dispose();
                    counted.Dispose();
                    held = await room.ReserveAsync(path, source.NasPath, stored - before, cancellation);
                }

                lock (reserved) reserved.Add(held);
                return new Copied(size, stored - before);
            },
            cancellation)!;
    }

    private sealed record Copied(long SizeBytes, long Growth);
}
