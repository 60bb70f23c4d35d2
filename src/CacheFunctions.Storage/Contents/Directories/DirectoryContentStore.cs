using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Contents.Directories;

/// <summary>
/// Content in a folder of a local or shared file system, durable when a write is acknowledged. The kernel keeps every name
/// beneath the folder. Each write fills a part of its own, which nobody else ever touches, and puts it in place by one
/// rename; what a killed process leaves of it is deleted by a later one.
/// </summary>
/// <param name="root">The folder, as this machine knows it; it must be there.</param>
public sealed class DirectoryContentStore(string root, TimeProvider time) : IContentStore
{
    private const string Name = "cache";
    private const int BlockBytes = 1 << 20;
    private const uint NewFileMode = 0x1B6; // 0666, less the process's umask: others may read what links lead to

    private static readonly TimeSpan PartAge = TimeSpan.FromDays(1);

    // Containers whose old parts this process has deleted.
    private readonly ConcurrentDictionary<string, bool> _swept = new(StringComparer.Ordinal);

    public Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation) =>
        WriteAsync(container, name, content, length, null, mayReplace: true, cancellation);

    /// <remarks>A source is read from its beginning whatever was written before, so an interrupted write begins again.</remarks>
    public Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        WriteAsync(container, name, content, null, progress, mayReplace: false, cancellation);

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        FindAsync<Stream?>(
            container,
            name,
            (folder, entry) =>
            {
                var content = new FileStream(folder.OpenRead(entry), FileAccess.Read, bufferSize: 0);
                return offset == 0 && length is null ? content : new SpanOfStream(content, offset, length ?? content.Length - offset);
            },
            cancellation);

    public async Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        var content = await OpenReadAsync(container, item.Name, offset, length, cancellation);
        // Opened before it is looked at: a file is replaced as a whole, and what was opened stays.
        if (await FindAsync(container, item.Name, cancellation) is { } now && now.Version == item.Version) return content;
        if (content is not null) await content.DisposeAsync();
        return null;
    }

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        FindAsync(container, name, (folder, entry) => folder.FindFile(entry) is { } stat ? (ContentItem?)Item(name, stat) : null, cancellation);

    public async Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation)
    {
        await using var content = await OpenReadAsync(container, from, 0, null, cancellation);
        if (content is null) return false;
        await WriteAsync(container, to, content, null, cancellation);
        return true;
    }

    /// <returns>null: nobody writes to a folder by an address.</returns>
    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) => Task.FromResult<PresignedUpload?>(null);

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        FindAsync(container, name, (folder, entry) => folder.Remove(entry), cancellation);

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buckets = Names(container)
            .Where(bucket => bucket.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(bucket, StringComparison.Ordinal));
        foreach (var bucket in buckets.Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            // One bucket at a time: as much as is held in memory.
            foreach (var item in await Task.Run(() => Items(container, bucket, prefix), cancellation)) yield return item;
        }
    }

    private async Task<bool> WriteAsync(
        string container, string name, Stream content, long? length, IProgress<long>? progress, bool mayReplace, CancellationToken cancellation)
    {
        if (_swept.TryAdd(container, true)) await Task.Run(() => DeleteOldParts(container), cancellation);
        var part = RandomIds.Secure.Next();
        try
        {
            using var parts = OriginFolder.Making(root, Name, $"{container}/{ContentPath.Parts}/{part}").Folder;
            try
            {
                using (var file = parts.CreateNew(part, NewFileMode))
                {
                    await FillAsync(file, content, length, progress, cancellation);
                    await Task.Run(() => parts.Sync(file), cancellation);
                }

                return await Task.Run(() => Put(parts, part, container, name, mayReplace), cancellation);
            }
            finally
            {
                parts.Remove(part);
            }
        }
        catch (CacheException error)
        {
            throw Translate(error);
        }
    }

    private static async Task FillAsync(
        SafeFileHandle file, Stream content, long? length, IProgress<long>? progress, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var written = 0L;
            while (length is null || written < length)
            {
                var wanted = (int)Math.Min(BlockBytes, length - written ?? BlockBytes);
                var count = await content.ReadAtLeastAsync(buffer.AsMemory(0, wanted), wanted, throwOnEndOfStream: length is not null, cancellation);
                if (count == 0) break;
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, count), written, cancellation);
                written += count;
                progress?.Report(written);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Whether the name holds what the part did; false: it holds something else already.</returns>
    private bool Put(OriginFolder parts, string part, string container, string name, bool mayReplace)
    {
        var (folder, entry) = OriginFolder.Making(root, Name, ContentPath.Of(container, name));
        using (folder)
        {
            var error = mayReplace ? parts.TryMove(part, folder, entry, 0) : parts.TryMove(part, folder, entry, Native.RenameNoReplace);
            // The file system knows no such flag; a link refuses to replace as well.
            if (error == ErrorNumber.Invalid) error = parts.TryLink(part, folder, entry);
            if (error == ErrorNumber.Exists) return AreEqual(parts, part, folder, entry);
            if (error != 0) throw folder.Failure(error);
            folder.Sync();
            return true;
        }
    }

    private static bool AreEqual(OriginFolder folder, string entry, OriginFolder otherFolder, string otherEntry)
    {
        using var one = new FileStream(folder.OpenRead(entry), FileAccess.Read, bufferSize: 0);
        using var other = new FileStream(otherFolder.OpenRead(otherEntry), FileAccess.Read, bufferSize: 0);
        if (one.Length != other.Length) return false;
        var buffer = ArrayPool<byte>.Shared.Rent(2 * BlockBytes);
        try
        {
            var left = buffer.AsSpan(0, BlockBytes);
            var right = buffer.AsSpan(BlockBytes, BlockBytes);
            while (true)
            {
                var count = one.ReadAtLeast(left, BlockBytes, throwOnEndOfStream: false);
                if (other.ReadAtLeast(right, BlockBytes, throwOnEndOfStream: false) != count || !left[..count].SequenceEqual(right[..count])) return false;
                if (count < BlockBytes) return true;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>What <paramref name="found"/> makes of it; nothing when it is not there.</returns>
    private Task<T?> FindAsync<T>(string container, string name, Func<OriginFolder, string, T?> found, CancellationToken cancellation) => Task.Run(
        () =>
        {
            try
            {
                var (folder, entry) = OriginFolder.Containing(root, Name, ContentPath.Of(container, name));
                using (folder) return found(folder, entry);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                return default;
            }
            catch (CacheException error)
            {
                throw Translate(error);
            }
        },
        cancellation);

    private List<string> Names(string path)
    {
        try
        {
            using var folder = OriginFolder.At(root, Name, path);
            return [.. folder.Names().Where(ContentPath.IsEscaped).Select(ContentPath.Unescape)];
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return [];
        }
        catch (CacheException error)
        {
            throw Translate(error);
        }
    }

    private static ContentItem Item(string name, StatX stat) =>
        new(name, stat.Changed.Instant, (long)stat.Size, $"{stat.Inode:x}.{stat.Size:x}.{stat.Changed}".Replace(':', '.'));

    private List<ContentItem> Items(string container, string bucket, string prefix)
    {
        var path = $"{container}/{ContentPath.Escape(bucket)}";
        var items = new List<ContentItem>();
        using var folder = OriginFolder.At(root, Name, path);
        foreach (var name in Names(path))
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && folder.Find(ContentPath.Escape(name)) is { IsFile: true } stat)
                items.Add(Item(name, stat));
        }

        items.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return items;
    }

    private void DeleteOldParts(string container)
    {
        try
        {
            using var folder = OriginFolder.At(root, Name, $"{container}/{ContentPath.Parts}");
            foreach (var name in folder.Names())
                if (folder.Find(name) is { } stat && stat.Modified.Instant + PartAge < time.GetUtcNow()) folder.Remove(name);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Nothing was ever written.
        }
    }

    private static CacheException Translate(CacheException error) => error.Code switch
    {
        ErrorCode.QuotaExceeded => new CacheException(error.Code, "The disk of the cache is full. Free space there, then try again; nothing was changed.", null, error),
        ErrorCode.Unavailable => error,
        _ => CacheException.Unavailable("The folder of the cache cannot be used (Cache:Directory). Check that it is mounted, and the rights there.", error),
    };
}
