using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>How a conflict is told to the caller, who must decide it.</summary>
internal static class WriteConflict
{
    public static CacheException Of(Session session)
    {
        var what = session.Conflict?.Actual is null ? "was removed" : "has changed";
        return new CacheException(
            ErrorCode.Conflict,
            $"{session.NasFilePath} {what} on the origin since this session opened it. Your work is kept in the session. "
            + "Sync again with on_conflict overwrite, keep_both or discard.",
            new Dictionary<string, object?>
            {
                ["expected"] = Describe(session.Base),
                ["actual"] = Describe(session.Conflict?.Actual),
            });
    }

    private static object? Describe(Fingerprint? fingerprint) => fingerprint is null ? null : new
    {
        fingerprint.SizeBytes,
        fingerprint.ModifiedAt,
        fingerprint.Sha256,
    };
}
