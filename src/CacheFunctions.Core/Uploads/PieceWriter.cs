using System.Buffers;
using System.Runtime.ExceptionServices;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;

namespace CacheFunctions.Uploads;

/// <summary>Brings the bytes of one request to storage. Memory: one piece, whatever the length.</summary>
internal sealed class PieceWriter(IUploadStore store, FileLog log)
{
    /// <returns>How many bytes of the upload are there now.</returns>
    public async Task<long> WriteAsync(
        ResumableUpload upload, long offset, Stream content, long? length, Checksum? checksum, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(store.MaxPieceBytes, Math.Max(1, length ?? store.MaxPieceBytes)));
        try
        {
            return checksum is null
                ? await AppendAsync(upload, offset, content, buffer, cancellation)
                : await AppendCheckedAsync(upload, offset, content, length, checksum, buffer, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>What has come before it broke off is kept.</summary>
    private async Task<long> AppendAsync(ResumableUpload upload, long offset, Stream content, byte[] buffer, CancellationToken cancellation)
    {
        while (true)
        {
            var (count, failure) = await FillAsync(content, buffer, cancellation);
            if (count > upload.Length - offset) throw ResumableUploads.TooMuch(upload);
            if (count > 0) await AppendAsync(upload.Id, offset, buffer.AsMemory(0, count));
            offset += count;
            failure?.Throw();
            if (count == 0) return offset;
        }
    }

    /// <summary>One piece is checked in memory; more are put aside until all of them were found right.</summary>
    private async Task<long> AppendCheckedAsync(
        ResumableUpload upload, long offset, Stream content, long? announced, Checksum checksum, byte[] buffer, CancellationToken cancellation)
    {
        using var hash = checksum.Begin();
        var aside = $"{upload.Id}.{log.NewId()}";
        long length = 0;
        try
        {
            var (count, failure) = await FillAsync(content, buffer, cancellation);
            failure?.Throw();
            hash.AppendData(buffer, 0, count);
            if (count < buffer.Length || count == announced)
            {
                if (count > upload.Length - offset) throw ResumableUploads.TooMuch(upload);
                checksum.Require(hash);
                if (count > 0) await AppendAsync(upload.Id, offset, buffer.AsMemory(0, count));
                return offset + count;
            }

            await store.CreateAsync(aside, cancellation);
            for (; count > 0; (count, failure) = await FillAsync(content, buffer, cancellation))
            {
                if (length > 0) hash.AppendData(buffer, 0, count);
                if (length + count > upload.Length - offset) throw ResumableUploads.TooMuch(upload);
                await AppendAsync(aside, length, buffer.AsMemory(0, count));
                length += count;
                failure?.Throw();
            }

            failure?.Throw();
            checksum.Require(hash);
            await using var right = await store.OpenAsync(aside, cancellation) ?? throw Replaced();
            return await AppendAsync(upload, offset, right, buffer, CancellationToken.None);
        }
        finally
        {
            if (length > 0) await store.DeleteAsync(aside, CancellationToken.None);
        }
    }

    /// <summary>Also with a client that has gone: what it sent is worth keeping.</summary>
    private async Task AppendAsync(string id, long offset, ReadOnlyMemory<byte> piece)
    {
        if (!await store.AppendAsync(id, offset, piece, CancellationToken.None)) throw Replaced();
    }

    /// <returns>How many bytes came, and why no more did, if not because that is all.</returns>
    private static async Task<(int Count, ExceptionDispatchInfo? Failure)> FillAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        var count = 0;
        try
        {
            for (int read; count < buffer.Length && (read = await content.ReadAsync(buffer.AsMemory(count), cancellation)) > 0;) count += read;
            return (count, null);
        }
        catch (Exception error)
        {
            return (count, ExceptionDispatchInfo.Capture(error));
        }
    }

    private static CacheException Replaced() =>
        new(ErrorCode.Conflict, "Another request has sent to this upload at the same moment. Ask where it is, and go on from there.");
}
