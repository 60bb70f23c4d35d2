using CacheFunctions.Content;
using CacheFunctions.Content.Remembered;
using CacheFunctions.Files.Stored;

namespace CacheFunctions.Files.Remembered;

/// <summary>What this instance remembers of files, and of lists of them.</summary>
internal sealed class RememberedFiles(FileSettings settings, TimeProvider time)
{
    // Some hundred MB at the worst, with long names and much metadata; mostly a tenth of that.
    private const int MaxFiles = 100_000;

    private readonly Recollection<StoredFile> _files = new(settings.FreshFor, settings.Retention, MaxFiles, _ => 1, time);
    private readonly Recollection<FileList> _lists = new(settings.FreshFor, settings.ListRetention, MaxFiles, list => 1 + list.Files.Count, time);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <returns>null: it is not remembered, or for too long.</returns>
    public StoredFile? Known(FileAddress address) => _files.Known(address.BlobName, address.BlobName);

    /// <summary>No storage transaction when it is remembered, else one.</summary>
    /// <param name="unread">As for <see cref="FileReader.FindAsync"/>.</param>
    /// <returns>null: there is no such file.</returns>
    public Task<StoredFile?> FindAsync(FileAddress address, FileReader reader, UnreadContent? unread, CancellationToken cancellation) => _files.RecallAsync(
        address.BlobName, address.BlobName, known => reader.FindAsync(address, known, unread, CancellationToken.None), cancellation);

    /// <summary>As <see cref="FindAsync"/>. A list has no entity tag, so it is not compared but read again.</summary>
    public async Task<FileList> ListAsync(FileSpace space, string query, Func<Task<FileList>> read, CancellationToken cancellation) =>
        (await _lists.RecallAsync(space.Prefix, space.Prefix + query, async _ => await read(), cancellation))!;

    /// <summary>To be asked for before a file is changed.</summary>
    public long ChangesOf(FileAddress address) => _files.ChangesOf(address.BlobName);

    /// <summary>To be called after a change, and after what may have been one: what was known of the file and its lists counts no more.</summary>
    public long Changed(FileAddress address)
    {
        _lists.Changed(address.Space.Prefix);
        return _files.Changed(address.BlobName);
    }

    /// <param name="writtenAt">When it was not yet visible.</param>
    /// <param name="changes">As <see cref="Changed"/> told.</param>
    public void Keep(StoredFile file, DateTimeOffset writtenAt, long changes) => _files.Keep(file.Address.BlobName, file, writtenAt, changes);
}

/// <summary>One page.</summary>
internal sealed record FileList(IReadOnlyList<FileInformation> Files, string? Cursor);
