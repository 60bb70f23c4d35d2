namespace CacheFunctions.Client;

/// <summary>An upload that has begun.</summary>
/// <param name="ExpiresAt">Until when it may rest.</param>
public sealed record UploadStarted(string UploadId, DateTimeOffset ExpiresAt);

/// <summary>How far an upload is.</summary>
/// <param name="Offset">How many bytes are there; null: they have become what they are for.</param>
/// <param name="Length">How many the whole has; null: it was not told.</param>
/// <param name="ETag">Of what it has become; null: it has not yet.</param>
/// <param name="JobId">The job by which it becomes that; null: there is none, or it has ended.</param>
public sealed record UploadState(long? Offset, long? Length, DateTimeOffset? ExpiresAt, string? ETag, string? JobId);

/// <summary>What of tus 1.0 the service speaks.</summary>
/// <param name="MaxBytes">The largest upload.</param>
public sealed record UploadCapabilities(string Version, IReadOnlyList<string> Extensions, IReadOnlyList<string> ChecksumAlgorithms, long MaxBytes);
