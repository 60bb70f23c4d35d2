using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Log;

/// <summary>
/// The log of the file manager, in table <c>files</c>. The blob is the truth; a change of it cannot be in one transaction with a row.
/// So it is announced before and told of after, and what a crash leaves announced is settled from the blob (<see cref="Settlement"/>).
/// </summary>
public sealed class FileLog(RecordTable table, TimeProvider time, RandomIds? ids = null)
{
    public const string TableName = "files";

    private readonly RandomIds _ids = ids ?? RandomIds.Secure;

    internal RecordTable Table => table;

    internal DateTimeOffset Now => time.GetUtcNow();

    internal string NewId() => _ids.Next();

    internal int ShardOf(FileAddress address) => table.ShardOf(address.Hash);

    /// <summary>One transaction. Safe to repeat: what is announced and never done is settled as such.</summary>
    internal async Task<PendingFile> AnnounceAsync(FileChange change, FileAddress address, Trigger trigger)
    {
        var pending = new PendingFile(NewId(), change, address, trigger, Now);
        var type = change == FileChange.Upload ? "file_upload_pending" : "file_deletion_pending";
        // Not a success yet.
        var operation = Describe(pending, type, "asked for") with { Success = false };
        await table.CommitAsync(ShardOf(address), new Change().Insert(pending.Key, pending.Values).Log(operation));
        return pending;
    }

    /// <summary>One transaction. The change stands by now: should storage not answer, the settlement tells of it later.</summary>
    internal Task CompleteAsync(PendingFile pending, string reason, string? metadata = null) => EndAsync(
        pending, Describe(pending, pending.Change == FileChange.Upload ? "file_uploaded" : "file_deleted", reason) with { Metadata = metadata });

    /// <summary>As <see cref="CompleteAsync"/>: the change was not made.</summary>
    internal Task FailAsync(PendingFile pending, string error) => EndAsync(
        pending, Describe(pending, pending.Change == FileChange.Upload ? "file_upload_failed" : "file_deletion_failed", "asked for") with { Success = false, ErrorMessage = error });

    private async Task EndAsync(PendingFile pending, Operation operation)
    {
        var shard = ShardOf(pending.Address);
        try
        {
            try
            {
                await table.CommitAsync(shard, new Change().DeleteAny(pending.Key).Log(operation));
            }
            catch (RowConflictException)
            {
                // Settled meanwhile, which said what it could know then; this says what was.
                await table.CommitAsync(shard, new Change().Log(operation));
            }
        }
        catch (CacheException error) when (error.Code == ErrorCode.Unavailable)
        {
            // Left to the settlement.
        }
    }

    private static Operation Describe(PendingFile pending, string type, string reason) => new(
        type, pending.Address.Entity, pending.Address.BlobName, pending.Trigger.By, pending.Trigger.UserId, reason);
}
