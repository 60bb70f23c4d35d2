using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>One entry of a log.</summary>
/// <param name="TriggeredBy">What made it happen: <c>user</c>, <c>system</c>, …</param>
/// <param name="SessionId">Of the log of sessions; else null.</param>
/// <param name="FileId">Of the log of cached files; else null.</param>
public sealed record OperationInfo(
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
    string? SessionId,
    string? FileId);
