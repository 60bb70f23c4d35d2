using System.Text.Json;

namespace CacheFunctions.Operations;

/// <summary>One entry of a log as callers see it: CacheOperationLog of the third source document.</summary>
internal record OperationAnswer(
    string Id,
    string OperationType,
    string FilePath,
    string TriggeredBy,
    string? TriggeredByUser,
    string Reason,
    bool Success,
    string? ErrorMessage,
    JsonElement? Metadata,
    DateTimeOffset Timestamp)
{
    public OperationAnswer(LoggedOperation logged)
        : this(
            logged.Id,
            logged.Operation.Type,
            logged.Operation.FilePath,
            logged.Operation.TriggeredBy,
            logged.Operation.TriggeredByUser,
            logged.Operation.Reason,
            logged.Operation.Success,
            logged.Operation.ErrorMessage,
            logged.Operation.Metadata is { } metadata ? JsonDocument.Parse(metadata).RootElement : null,
            logged.Timestamp)
    {
    }
}
