using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Files.Remembered;
using CacheFunctions.Files.Stored;
using CacheFunctions.Files.Urls;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Files;

/// <summary>
/// The file manager of the fourth source document: files by domain and level, kept encrypted unless said otherwise, and compressed
/// if asked for. Its methods have the document's names. All refuse malformed names with InvalidArgument, and throw
/// <see cref="StorageError"/> when storage does not answer.
/// </summary>
public sealed partial class FileManager
{
    private readonly IFileStore _store;
    private readonly FileLog _log;
    private readonly KeyRing _ring;
    private readonly FileEnvelope _envelope;
    private readonly FileReader _reader;
    private readonly FileReader _cached;
    private readonly RememberedFiles _remembered;
    private readonly FileChanges _changes;

    private readonly StagedUploads _staged;
    private readonly AddressSigner _signer;

    /// <param name="contents">Where uploads are kept until they are committed.</param>
    /// <param name="hot">What this instance keeps of contents.</param>
    public FileManager(
        IFileStore store, FileLog log, KeyRing ring, IContentStore contents, HotContent hot, JobRunner jobs, FileSettings settings, TimeProvider time)
    {
        (_store, _log, _ring) = (store, log, ring);
        _envelope = new FileEnvelope(ring);
        _reader = new FileReader(store, _envelope, HotContent.None);
        _cached = new FileReader(store, _envelope, hot);
        _remembered = new RememberedFiles(settings, time);
        _changes = new FileChanges(store, log, _envelope, _remembered, hot);
        _staged = new StagedUploads(log, _changes, contents, jobs, settings);
        _signer = new AddressSigner(ring, time);
    }

    /// <summary>
    /// Stores a file, or puts another in its place; the last write wins. One blob read, one blob write up to 4 MiB (else one for each 8
    /// MiB and one more), two table transactions.
    /// </summary>
    /// <returns>The file, and whether there was none of this name.</returns>
    /// <exception cref="FileUploadError">Storage did not take it.</exception>
    /// <exception cref="CacheException">Forbidden; PreconditionFailed; Conflict: another upload of the same name ended at the same moment.</exception>
    public Task<(FileInformation File, bool IsNew)> UploadFileAsync(
        Caller caller, FileAddress address, NewFile file, FileConditions? conditions = null, CancellationToken cancellation = default)
    {
        FileRights.RequireMayWrite(caller, address.Space);
        return FileErrors.NamedAsync(
            () => _changes.UploadAsync(address, file, conditions ?? FileConditions.None, Trigger.Of(caller), null, cancellation), FileErrors.Upload);
    }

    /// <summary>For an upload that is complete, and whose caller's rights were looked at when it began.</summary>
    internal Task<(FileInformation File, bool IsNew)> TakeUploadAsync(FileAddress address, NewFile file, Trigger trigger, CancellationToken cancellation) =>
        _changes.UploadAsync(address, file, FileConditions.None, trigger, null, cancellation);

    /// <summary>
    /// Finds a file to be read. No storage transaction when it is kept here, else one blob read, and one for each part that is opened; two
    /// if it is compressed and above 256 KiB. Found and read whole, it is one for both.
    /// </summary>
    /// <param name="useCache">
    /// true: it may be as it was <see cref="FileSettings.FreshFor"/> ago, if it was changed elsewhere; what this instance changes is seen at
    /// once. false: as it is in storage, facts and bytes, and nothing is kept.
    /// </param>
    /// <param name="readsWhole">Whether it is about to be read from its beginning to its end: then storage sends it at once.</param>
    /// <exception cref="FileNotFoundError"/>
    /// <exception cref="FileDownloadError">It is damaged, or its key is missing.</exception>
    public async Task<FileDownload> DownloadFileAsync(
        Caller caller, FileAddress address, bool useCache = true, bool readsWhole = false, CancellationToken cancellation = default)
    {
        if (useCache && _remembered.Known(address) is { } known && MayRead(caller, known)) return Download(known, null);
        var unread = readsWhole ? new UnreadContent() : null;
        try
        {
            return Download(await RequireAsync(caller, address, useCache, unread, cancellation), unread);
        }
        catch
        {
            unread?.Dispose();
            throw;
        }

        FileDownload Download(StoredFile file, UnreadContent? asked) => new(file, useCache ? _cached : _reader, asked, () => _remembered.Changed(address));
    }

    /// <summary>Two table transactions, a blob read and a deletion.</summary>
    /// <returns>What was deleted.</returns>
    /// <exception cref="FileNotFoundError"/>
    /// <exception cref="CacheException">Forbidden; PreconditionFailed.</exception>
    public Task<FileAddress> DeleteFileAsync(
        Caller caller, FileAddress address, FileConditions? conditions = null, CancellationToken cancellation = default)
    {
        FileRights.RequireMayWrite(caller, address.Space);
        return FileErrors.NamedAsync(() => _changes.DeleteAsync(address, conditions ?? FileConditions.None, Trigger.Of(caller), cancellation));
    }

    /// <summary>No storage transaction when it is remembered, else one blob read.</summary>
    /// <param name="useCache">As for <see cref="DownloadFileAsync(Caller, FileAddress, bool, bool, CancellationToken)"/>.</param>
    /// <returns>null: there is no such file, or none that the caller may know of.</returns>
    /// <exception cref="FileDownloadError">It is damaged, or its key is missing.</exception>
    public async Task<FileInformation?> GetFileMetadataAsync(
        Caller caller, FileAddress address, bool useCache = true, CancellationToken cancellation = default) =>
        (await FindAsync(caller, address, useCache, unread: null, cancellation))?.Information;

    /// <summary>One page of a space's files in ordinal order of names. No storage transaction when it is remembered, else one.</summary>
    /// <param name="maxKeys">1 to 5,000.</param>
    /// <param name="useCache">As for <see cref="DownloadFileAsync(Caller, FileAddress, bool, bool, CancellationToken)"/>.</param>
    /// <exception cref="CacheException">Forbidden: they are another user's.</exception>
    public async Task<(IReadOnlyList<FileInformation> Files, string? Cursor)> ListFilesAsync(
        Caller caller,
        FileSpace space,
        string prefix = "",
        int maxKeys = 1000,
        string? cursor = null,
        bool useCache = true,
        CancellationToken cancellation = default)
    {
        FileRights.RequireMayList(caller, space);
        FileName.CheckPrefix(prefix);
        var list = await FileErrors.NamedAsync(() => useCache
            // No prefix holds a line break.
            ? _remembered.ListAsync(space, $"{prefix}\n{maxKeys}\n{cursor}", () => ReadAsync(CancellationToken.None), cancellation)
            : ReadAsync(cancellation));
        return (list.Files, list.Cursor);

        async Task<FileList> ReadAsync(CancellationToken cancelled)
        {
            var (page, next) = await _store.ListAsync(space.Prefix + prefix, maxKeys, cursor, cancelled);
            return new FileList([.. page.Select(Describe).OfType<FileInformation>()], next);
        }
    }

    /// <summary>For the hourly timer: tells of what instances that died have left untold.</summary>
    /// <returns>Of how many changes.</returns>
    public async Task<int> RunCleanupAsync(CancellationToken cancellation = default)
    {
        await _staged.PurgeAsync(cancellation);
        return await new Settlement(_log, _store, _envelope).RunAsync(cancellation);
    }

    /// <summary>For the nightly timer: wraps the keys of files by the ring's current key.</summary>
    public Task<RotationReport> RunMaintenanceAsync(CancellationToken cancellation = default) =>
        _ring.Count > 1 ? new KeyRotation(_log, _store, _envelope).RunAsync(cancellation) : Task.FromResult(new RotationReport(0, 0));

    private async Task<StoredFile> RequireAsync(
        Caller caller, FileAddress address, bool useCache, UnreadContent? unread, CancellationToken cancellation) =>
        await FindAsync(caller, address, useCache, unread, cancellation) ?? throw new FileNotFoundError(address);

    /// <param name="unread">As for <see cref="FileReader.FindAsync"/>.</param>
    private async Task<StoredFile?> FindAsync(
        Caller caller, FileAddress address, bool useCache, UnreadContent? unread, CancellationToken cancellation) =>
        await FileErrors.NamedAsync(() => useCache
            ? _remembered.FindAsync(address, _cached, unread, cancellation)
            : _reader.FindAsync(address, null, unread, cancellation)) is { } found
        && MayRead(caller, found)
            ? found
            : null;

    private static bool MayRead(Caller caller, StoredFile file) => FileRights.MayRead(caller, file.Address.Space, file.Information.Visibility);

    /// <summary>Also of a file that is damaged, since it is there: what its blob says.</summary>
    private FileInformation? Describe(FileBlob blob)
    {
        if (FileAddress.Read(blob.Name) is not { } address) return null;
        try
        {
            return _reader.Read(address, blob).Information;
        }
        catch (FileDownloadError)
        {
            return new StoredFile(address, blob, null, null).Information;
        }
    }
}
