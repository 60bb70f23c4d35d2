using System.Text.Json;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Files.Remembered;
using CacheFunctions.Files.Stored;
using CacheFunctions.Operations;

namespace CacheFunctions.Files;

/// <summary>Changes of files: announced in the log, made, told of. What this instance remembers of a file it changes is forgotten at once.</summary>
internal sealed class FileChanges(IFileStore store, FileLog log, FileEnvelope envelope, RememberedFiles remembered, HotContent hot)
{
    private const int MaxDeleteAttempts = 8;

    private readonly FileReader _reader = new(store, envelope, HotContent.None);
    private readonly FileWriter _writer = new(store, envelope, hot.MaxKeptBytes);

    /// <param name="check">Told length and hash of what came, before it is visible; may refuse by throwing. null: anything is right.</param>
    public async Task<(FileInformation File, bool IsNew)> UploadAsync(
        FileAddress address, NewFile file, FileConditions conditions, Trigger trigger, Action<long, string>? check, CancellationToken cancellation)
    {
        var type = FileTypes.Check("content_type", file.ContentType);
        var metadata = FileTypes.Check(file.Metadata);
        var before = await FindAsync(address, cancellation);
        var condition = conditions.Check(address, before);
        var pending = await log.AnnounceAsync(FileChange.Upload, address, trigger);
        var draft = new FileHeader(
            FileHeader.CurrentFormat, address.BlobName, pending.Id, type, 0, "", 0, null, null,
            before?.Header?.CreatedAt ?? before?.Blob.WrittenAt ?? pending.BegunAt, pending.BegunAt, file.Visibility, metadata);
        StoredFile written;
        var changes = remembered.ChangesOf(address);
        try
        {
            var readAt = DateTimeOffset.MinValue;
            written = await WriteAsync(
                address,
                draft,
                file,
                condition,
                (size, hash) =>
                {
                    check?.Invoke(size, hash);
                    readAt = remembered.Now;
                },
                cancellation);
            var changed = remembered.Changed(address);
            // If somebody else here has changed it meanwhile, nobody knows what stands there now.
            if (changed == changes + 1) remembered.Keep(written, readAt, changed);
        }
        catch (Exception error)
        {
            // It may have taken effect all the same.
            remembered.Changed(address);
            // What went wrong with the caller's body is the caller's business; the log says no more than what kind it was.
            await log.FailAsync(pending, error is CacheException known ? known.Message : "The upload broke off.");
            throw;
        }

        var information = written.Information;
        await log.CompleteAsync(pending, before is null ? "uploaded" : "replaced", JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["size_bytes"] = information.SizeBytes,
            ["stored_bytes"] = information.StoredBytes,
            ["sha256"] = information.Sha256,
        }));
        return (information, before is null);
    }

    public async Task<FileAddress> DeleteAsync(FileAddress address, FileConditions conditions, Trigger trigger, CancellationToken cancellation)
    {
        var found = await FindAsync(address, cancellation) ?? throw new FileNotFoundError(address);
        conditions.Check(address, found);
        var pending = await log.AnnounceAsync(FileChange.Deletion, address, trigger);
        try
        {
            try
            {
                await DeleteAsync(address, found, conditions, cancellation);
            }
            finally
            {
                remembered.Changed(address);
            }
        }
        catch (Exception error)
        {
            await log.FailAsync(pending, error is CacheException known ? known.Message : "The deletion broke off.");
            throw;
        }

        await log.CompleteAsync(pending, "deleted");
        return address;
    }

    private async Task<StoredFile> WriteAsync(
        FileAddress address, FileHeader draft, NewFile file, WriteCondition condition, Action<long, string> check, CancellationToken cancellation)
    {
        var written = await _writer.WriteAsync(
            draft,
            file,
            (size, hash) =>
            {
                if (file.Length is { } length && size != length)
                    throw CacheException.Invalid("Content-Length", $"is {length}, but {size} bytes came.");
                check(size, hash);
            },
            condition,
            cancellation);
        if (written is not null)
        {
            if (written.Copy is { } bytes) hot.Keep(FileReader.KeyOf(written.Blob), bytes);
            return _reader.Read(address, written.Blob);
        }

        // After a lost reply it is this very upload that stands in its own way.
        if (await FindAsync(address, CancellationToken.None) is { Header: { } header } found && header.Write == draft.Write) return found;
        throw condition == default
            ? new CacheException(ErrorCode.Conflict, $"Another upload of '{address}' ended at the same moment. Send it again.")
            : FileConditions.Failed($"'{address}' was changed while it was uploaded.");
    }

    /// <summary>The version that was found, or, without a condition, whatever stands there.</summary>
    private async Task DeleteAsync(FileAddress address, StoredFile found, FileConditions conditions, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxDeleteAttempts; attempt++)
        {
            if (await store.DeleteAsync(found.Blob, cancellation)) return;
            // Gone by now: by this very request, whose reply was lost, or by another.
            if (await FindAsync(address, cancellation) is not { } now) return;
            conditions.Check(address, now);
            found = now;
        }

        throw new CacheException(ErrorCode.Conflict, $"'{address}' is being replaced again and again. Try again.");
    }

    /// <summary>Also a damaged one, which may be replaced and deleted.</summary>
    private async Task<StoredFile?> FindAsync(FileAddress address, CancellationToken cancellation)
    {
        if (await store.FindAsync(address.BlobName, cancellation) is not { } blob) return null;
        try
        {
            return _reader.Read(address, blob);
        }
        catch (FileDownloadError)
        {
            return new StoredFile(address, blob, null, null);
        }
    }
}
