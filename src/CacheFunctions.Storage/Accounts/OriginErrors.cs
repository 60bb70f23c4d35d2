using Azure;
using Azure.Storage.Blobs.Models;
using CacheFunctions.Errors;

namespace CacheFunctions.Storage.Accounts;

/// <summary>What storage's refusals mean where it is an origin: there they are often the caller's, or the administrator's.</summary>
internal static class OriginErrors
{
    /// <param name="path">As the origin knows it. Never the address, which may hold a signature.</param>
    public static CacheException Translate(Exception error, string origin, string path)
    {
        if (error is not RequestFailedException failed) return StorageErrors.Translate(error);
        if (failed.ErrorCode == BlobErrorCode.ContainerNotFound)
            return CacheException.Unavailable($"The container of the origin '{origin}' is not there. Check Origins:{origin}:ContainerUri.", failed);
        if (failed.ErrorCode == BlobErrorCode.BlobArchived)
            return Of(ErrorCode.Conflict, $"{path} is in the archive tier of the origin '{origin}'. Bring it back to an online tier first.");
        if (failed.ErrorCode == BlobErrorCode.PendingCopyOperation)
            return CacheException.Unavailable($"A copy onto {path} of the origin '{origin}' is under way. Try again when it has ended.", failed);
        if (failed.ErrorCode == BlobErrorCode.LeaseIdMissing)
            return Of(ErrorCode.Locked, $"Another program holds a lease on {path} of the origin '{origin}'. Try again when it has ended.");
        if (failed.ErrorCode?.Contains("Immutable", StringComparison.Ordinal) == true)
            return Of(ErrorCode.Forbidden, $"A policy of the origin '{origin}' keeps {path} from being changed.");
        if (failed.ErrorCode?.Contains("Quota", StringComparison.Ordinal) == true || failed.Status == 507)
            return Of(ErrorCode.QuotaExceeded, $"The origin '{origin}' is full. Free space there, then try again; nothing was changed.");
        return failed.Status switch
        {
            404 => Of(ErrorCode.NotFound, $"The origin '{origin}' has no file {path}."),
            401 or 403 => Of(
                ErrorCode.Forbidden,
                $"The service may not open {path} on the origin '{origin}' ({failed.ErrorCode}). Check its role there, or whether the signature in Origins:{origin}:ContainerUri has expired."),
            400 => CacheException.Invalid("file_path", $"is refused by the origin ({failed.ErrorCode}); it may be too long for a blob, or end with a dot."),
            _ => StorageErrors.Translate(failed),
        };

        CacheException Of(ErrorCode code, string message) => new(code, message, null, failed);
    }
}
