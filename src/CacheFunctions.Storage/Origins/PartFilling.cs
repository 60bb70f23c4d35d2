using System.Buffers;
using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// Fills a part file with its content: first with a copy of what an interrupted writer left, then with the rest. That
/// writer may still be at work, but on its own file; nobody else has this one.
/// </summary>
/// <param name="requireOurs">Throws when somebody has taken the part over.</param>
internal sealed class PartFilling(SafeFileHandle file, OriginContent content, IProgress<long>? progress, Action requireOurs)
{
    /// <summary>What an interrupted writer left is taken in whole blocks; between blocks the part's name is looked at.</summary>
    public const int BlockBytes = 8 << 20;

    private const int BufferBytes = 256 << 10;

    private long _reported;

    /// <summary>Copies the beginning: without moving the bytes where the file system can share or copy them by itself.</summary>
    /// <returns>How many bytes were copied, in whole blocks; fewer than there are when room or the disk gives out.</returns>
    public async Task<long> CopyAsync(SafeFileHandle left, CancellationToken cancellation)
    {
        var whole = Math.Min(RandomAccess.GetLength(left), content.SizeBytes) / BlockBytes * BlockBytes;
        long copied = 0;
        try
        {
            for (; copied < whole; copied += BlockBytes)
            {
                requireOurs();
                await Task.Run(() => CopyBlock(left, copied), cancellation);
            }
        }
        catch (IOException)
        {
            // If it is still wrong, writing the rest will tell.
        }

        return copied;
    }

    /// <param name="kept">How many bytes the part has from an interrupted writer, in whole blocks.</param>
    public async Task FillAsync(long kept, CancellationToken cancellation)
    {
        if (await TryFillAsync(kept, cancellation)) return;
        // What an interrupted writer left may have been torn by a power cut. Content itself is not read twice.
        if (kept == 0 || !await TryFillAsync(0, cancellation)) throw Damaged();
    }

    public static CacheException Damaged() =>
        CacheException.Unavailable("What was read from storage is not what was saved. Nothing was written. Try again.");

    /// <returns>Whether the part now holds the content, by its length and hash.</returns>
    private async Task<bool> TryFillAsync(long kept, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await HashKeptAsync(hash, kept, buffer, cancellation);
            await using var source = await content.OpenAsync(kept, cancellation);
            var position = kept;
            for (int count; (count = await ReadAsync(source, buffer, cancellation)) > 0; position += count)
            {
                if (position + count > content.SizeBytes) return false;
                if (position / BlockBytes != (position + count) / BlockBytes) requireOurs();
                hash.AppendData(buffer, 0, count);
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, count), position, cancellation);
                Report(position + count);
            }

            return position == content.SizeBytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == content.Sha256;
        }
        catch (IOException error)
        {
            throw Full(error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CopyBlock(SafeFileHandle left, long position)
    {
        var end = position + BlockBytes;
        for (long count; position < end && (count = Native.CopyRange(left, file, position, end - position)) > 0;) position += count;
        if (position == end) return;
        // The file system does not know how.
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int count; position < end && (count = RandomAccess.Read(left, buffer, position)) > 0; position += count)
                RandomAccess.Write(file, buffer.AsSpan(0, (int)Math.Min(count, end - position)), position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task HashKeptAsync(IncrementalHash hash, long kept, byte[] buffer, CancellationToken cancellation)
    {
        for (long position = 0; position < kept;)
        {
            var wanted = (int)Math.Min(BufferBytes, kept - position);
            var count = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, wanted), position, cancellation);
            // Somebody has cut it short; the hash will not match, and the whole is written anew.
            if (count == 0) return;
            hash.AppendData(buffer, 0, count);
            position += count;
            Report(position);
        }
    }

    /// <summary>Never backwards, even when the whole is written anew.</summary>
    private void Report(long position)
    {
        if (position <= _reported) return;
        _reported = position;
        progress?.Report(position);
    }

    private static async ValueTask<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation);
        }
        catch (Exception error) when (StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested)
        {
            throw StorageErrors.Translate(error);
        }
    }

    private static CacheException Full(IOException error) => (error.HResult & 0xFFFF) is 28 or 122
        ? new CacheException(ErrorCode.QuotaExceeded, "The origin is full. Free space there, then sync again; your work is kept.", null, error)
        : CacheException.Unavailable("The origin failed while it was being written. Your work is kept. Sync again.", error);
}
