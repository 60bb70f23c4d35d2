using System.Collections.Frozen;
using System.Text.Json;
using CacheFunctions.Operations;

namespace CacheFunctions.Events.Relay;

/// <summary>Which operations other services are told of, and how. The others are the service's own housekeeping.</summary>
internal static class PublishedOperations
{
    private static readonly FrozenSet<string> Types = new[]
    {
        "session_created", "session_saved", "session_patched", "session_restored", "session_synced", "session_sync_failed", "session_conflict",
        "session_kept_both", "session_discarded", "session_closed", "session_failed",
        "lock_acquired", "lock_released", "lock_broken",
        "file_uploaded", "file_upload_failed", "file_deleted", "file_deletion_failed", "file_stored",
        "directory_registered", "directory_registered_again", "directory_forgotten", "directory_removed", "directory_evicted",
        "directory_pinned", "directory_unpinned", "directory_import_failed",
    }.ToFrozenSet();

    /// <returns>null: nobody is told of it.</returns>
    public static ServiceEvent? Of(LoggedOperation logged)
    {
        if (FileEvent.Of(logged) is { } file) return Of(logged, JsonNamingPolicy.SnakeCaseLower.ConvertName(file.Type.ToString()), file.Data);
        if (!Types.Contains(logged.Operation.Type)) return null;
        var operation = logged.Operation;
        return Of(logged, operation.Type, new OperationData(
            operation.Entity,
            operation.FilePath,
            operation.TriggeredBy,
            operation.TriggeredByUser,
            operation.Reason,
            operation.Success,
            operation.ErrorMessage,
            operation.Metadata is { } metadata ? JsonElement.Parse(metadata) : null));
    }

    private static ServiceEvent Of(LoggedOperation logged, string type, object data) =>
        new(logged.Id, logged.Table, type, logged.Operation.FilePath, logged.Timestamp, EventJson.Write(data));

    private sealed record OperationData(
        string Entity,
        string FilePath,
        string TriggeredBy,
        string? UserId,
        string Reason,
        bool Success,
        string? ErrorMessage,
        JsonElement? Metadata);
}
