namespace CacheFunctions.Operations;

/// <summary>What happened, to what, by whom, why, and with what result: one entry of the append-only log.</summary>
/// <param name="Type">A snake_case verb in the past, as session_created.</param>
/// <param name="Entity">The id of the session, file or directory that it is about: the key of its history.</param>
/// <param name="FilePath">The path as callers know it.</param>
/// <param name="TriggeredBy">What set it off: user, timer or system.</param>
/// <param name="Metadata">A JSON object, or null.</param>
/// <param name="State">What it is about as it is afterwards, for indexes that follow the log; null: nothing they hold has changed.</param>
public sealed record Operation(
    string Type,
    string Entity,
    string FilePath,
    string TriggeredBy,
    string? TriggeredByUser,
    string Reason,
    bool Success = true,
    string? ErrorMessage = null,
    string? Metadata = null,
    string? State = null);
