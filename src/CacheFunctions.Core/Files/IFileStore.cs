using CacheFunctions.Content;

namespace CacheFunctions.Files;

/// <summary>
/// Named content with properties, which may be replaced: both change together, under a condition. Failures to reach the store
/// are <see cref="Errors.CacheException"/> with code Unavailable.
/// </summary>
public interface IFileStore
{
    /// <returns>null: there is none of this name.</returns>
    Task<FileBlob?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>As <see cref="FindAsync"/>, and begins to read it, in one transaction.</summary>
    /// <param name="known">As it was found before, if it was.</param>
    /// <returns>null: there is none of this name. No content: it is still the version that was known, which is given back.</returns>
    Task<(FileBlob Blob, Stream? Content)?> BeginAsync(string name, FileBlob? known, CancellationToken cancellation);

    /// <param name="offset">The first byte, from 0.</param>
    /// <param name="length">How many bytes, at least 1, and all of them there.</param>
    /// <returns>null: there is another version by now, or none.</returns>
    Task<Stream?> OpenAsync(FileBlob blob, long offset, long length, CancellationToken cancellation);

    /// <summary>Streams content in; memory is bounded. All of it with its properties, or nothing.</summary>
    /// <param name="maxBytes">No more bytes come than that; null: nobody knows.</param>
    /// <param name="facts">Asked once all of the content was read; may refuse it by throwing.</param>
    /// <returns>null: the condition did not hold, or another write ended at the same moment; nothing was changed.</returns>
    Task<FileBlob?> WriteAsync(
        string name, Stream content, long? maxBytes, Func<FileFacts> facts, WriteCondition condition, CancellationToken cancellation);

    /// <summary>Replaces the properties; no content is touched.</summary>
    /// <returns>Whether it was still this version.</returns>
    Task<bool> ChangePropertiesAsync(FileBlob blob, IReadOnlyDictionary<string, string> properties, CancellationToken cancellation);

    /// <returns>Whether it was still this version.</returns>
    Task<bool> DeleteAsync(FileBlob blob, CancellationToken cancellation);

    /// <summary>One page of those whose names begin with <paramref name="prefix"/>, in ordinal order.</summary>
    /// <param name="take">1 to 5,000.</param>
    /// <param name="cursor">Where the page before ended; null: the first page.</param>
    /// <returns>Perhaps fewer than asked for although there are more; no cursor: that is all.</returns>
    /// <exception cref="Errors.CacheException">InvalidArgument: the cursor is not one that the store gave.</exception>
    Task<(IReadOnlyList<FileBlob> Page, string? Cursor)> ListAsync(string prefix, int take, string? cursor, CancellationToken cancellation);

    /// <summary>Lets somebody else write or replace one name.</summary>
    Task<PresignedUpload> PresignUploadAsync(string name, string contentType, TimeSpan lifetime, CancellationToken cancellation);

    /// <summary>Lets somebody else read one name.</summary>
    /// <param name="fileName">As which a browser saves it.</param>
    Task<Uri> PresignDownloadAsync(string name, string fileName, string contentType, TimeSpan lifetime, CancellationToken cancellation);
}

/// <param name="Version">Another one after every change.</param>
/// <param name="WrittenAt">When it was changed last, by the store's clock.</param>
/// <param name="Properties">Names of ASCII letters and digits; all together at most 8 KiB.</param>
public sealed record FileBlob(
    string Name, string Version, long SizeBytes, DateTimeOffset WrittenAt, string ContentType, IReadOnlyDictionary<string, string> Properties);

public sealed record FileFacts(string ContentType, IReadOnlyDictionary<string, string> Properties);

/// <param name="Version">What must stand there; null: anything may.</param>
/// <param name="MustBeNew">Whether nothing may stand there.</param>
public readonly record struct WriteCondition(string? Version = null, bool MustBeNew = false);
