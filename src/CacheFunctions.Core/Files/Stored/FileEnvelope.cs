using System.Security.Cryptography;
using System.Text.Json;
using CacheFunctions.Content.Compression;
using CacheFunctions.Content.Encryption;
using CacheFunctions.Security;

namespace CacheFunctions.Files.Stored;

/// <summary>
/// A file's header and key as they lie in its blob's properties: the header, its seal under the file's own key, and that key wrapped
/// by one of the ring. Another key of the ring can take its place without a byte of content being touched.
/// </summary>
internal sealed class FileEnvelope(KeyRing ring)
{
    private const string Header = "cfheader";
    private const string Seal = "cfseal";
    private const string Key = "cfkey";

    /// <param name="key">Of the content, which serves no other.</param>
    public IReadOnlyDictionary<string, string> Write(FileHeader header, ReadOnlySpan<byte> key)
    {
        var bytes = header.ToBytes();
        using var cipher = new ChunkCipher(key);
        return new Dictionary<string, string>
        {
            [Header] = Convert.ToBase64String(bytes),
            [Seal] = Convert.ToBase64String(cipher.SealHeader(bytes)),
            [Key] = ring.Wrap(key, header.Name),
        };
    }

    /// <returns>null: it has none, so it was not written by this service but straight to storage.</returns>
    /// <exception cref="FileDownloadError">It is not the one that was written for this blob, or its key is not in the ring.</exception>
    public (FileHeader Header, byte[] Key)? Open(FileBlob blob)
    {
        var properties = blob.Properties;
        var (hasHeader, hasSeal, hasKey) = (properties.TryGetValue(Header, out var text), properties.TryGetValue(Seal, out var seal), properties.TryGetValue(Key, out var wrapped));
        if (!hasHeader && !hasSeal && !hasKey) return null;
        try
        {
            if (!hasHeader || !hasSeal || !hasKey) throw new CryptographicException();
            var key = ring.Unwrap(wrapped!, blob.Name);
            var bytes = Convert.FromBase64String(text!);
            using (var cipher = new ChunkCipher(key)) cipher.OpenHeader(bytes, Convert.FromBase64String(seal!));
            var header = FileHeader.Read(bytes);
            return IsOf(header, blob) ? (header, key) : throw new CryptographicException();
        }
        catch (KeyNotFoundException error)
        {
            throw new FileDownloadError($"'{blob.Name}' needs the key '{error.Message}', which is not set (Encryption:Keys:{error.Message}).", error);
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentException or JsonException)
        {
            throw Damaged(blob.Name, error);
        }
    }

    /// <summary>The properties with the key wrapped by the current one of the ring.</summary>
    /// <returns>null: it is.</returns>
    /// <exception cref="FileDownloadError">As <see cref="Open"/>.</exception>
    public IReadOnlyDictionary<string, string>? Rewrap(FileBlob blob) =>
        blob.Properties.TryGetValue(Key, out var wrapped) && ring.IsOutdated(wrapped) && Open(blob) is { } opened
            ? new Dictionary<string, string>(blob.Properties) { [Key] = ring.Wrap(opened.Key, blob.Name) }
            : null;

    /// <summary>Whether content without an envelope is one that has lost it.</summary>
    /// <param name="beginning">Its first <see cref="BeginningBytes"/> bytes, if there are so many.</param>
    public static bool HasLost(ReadOnlySpan<byte> beginning) => beginning.StartsWith(ChunkCipher.Magic) || beginning.StartsWith(GzipFrames.Header);

    public static int BeginningBytes => Math.Max(ChunkCipher.Magic.Length, GzipFrames.Header.Length);

    public static FileDownloadError Damaged(string name, Exception? inner = null) =>
        new($"'{name}' is damaged in storage: it is not what was uploaded. Upload it again.", inner);

    // Authentic, it must be of this blob, and the blob as long as it was.
    private static bool IsOf(FileHeader header, FileBlob blob)
    {
        if (header.Format != FileHeader.CurrentFormat || header.Name != blob.Name || header.StoredBytes != blob.SizeBytes) return false;
        var inner = header.GzipBytes is { } gzip ? GzipFrames.StoredBytes(gzip, header.SizeBytes) : header.SizeBytes;
        return header.Chunks is { } chunks
            ? chunks == ChunkCipher.CountOf(inner) && header.StoredBytes == ChunkCipher.StoredLength(inner)
            : header.StoredBytes == inner;
    }
}
