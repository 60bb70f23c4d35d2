namespace CacheFunctions.Client;

/// <param name="Results">In the order of the request: add, remove, pin, unpin.</param>
public sealed record BatchReport(int Succeeded, int Failed, IReadOnlyList<BatchItem> Results);

/// <param name="Index">Which of its action, from 0.</param>
/// <param name="Code">Why it failed; null: it did not.</param>
public sealed record BatchItem(string Action, int Index, bool Success, string? Id, string? JobId, string? Code, string? Error);

public sealed record CacheCleanup(long OrphanedCount, long RemovedCount, bool RemoveOrphaned, long RestoredCount);

/// <param name="OriginMissing">The first ones of the files whose original has vanished.</param>
/// <param name="SweptCount">Copies that no record named, which were deleted.</param>
public sealed record CacheVerification(
    long VerifiedCount, long OrphanedCount, long RestoredCount, long OriginMissingCount, IReadOnlyList<string>? OriginMissing, long SweptCount);

public sealed record CachePurge(long PurgedCount, int DaysToKeep);

/// <summary>What a job of these three tells.</summary>
internal sealed record UpkeepReport(
    long Checked, long Orphaned, long Restored, long Removed, long OriginMissing, IReadOnlyList<string>? OriginMissingPaths, long Swept, long Purged);
