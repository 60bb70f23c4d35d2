using System.Text.Json;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue;

/// <summary>One entry of the log: CacheOperationLog of the third source document.</summary>
internal sealed record CacheOperationAnswer(
    string Id,
    string OperationType,
    string FilePath,
    string TriggeredBy,
    string? TriggeredByUser,
    string Reason,
    bool Success,
    string? ErrorMessage,
    JsonElement? Metadata,
    DateTimeOffset Timestamp,
    string FileId)
{
    public static CacheOperationAnswer Of(LoggedOperation logged)
    {
        var operation = logged.Operation;
        return new CacheOperationAnswer(
            logged.Id,
            operation.Type,
            operation.FilePath,
            operation.TriggeredBy,
            operation.TriggeredByUser,
            operation.Reason,
            operation.Success,
            operation.ErrorMessage,
            operation.Metadata is null ? null : JsonDocument.Parse(operation.Metadata).RootElement,
            logged.Timestamp,
            operation.Entity);
    }
}
