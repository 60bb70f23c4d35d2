using System.Text.Json;

namespace CacheFunctions.Directories;

/// <summary>One registered directory.</summary>
/// <param name="SizeBytes">Of all that lies in it, at any depth, as it was counted last and changed since.</param>
/// <param name="RegisteredAt">When it was first registered.</param>
/// <param name="LastAccessed">When it was registered, or read since; touches that are not in its row yet come on top.</param>
/// <param name="LockOwner">Who works on it; null: nobody.</param>
/// <param name="LockedUntil">When its lock ends by itself, should its owner have died.</param>
/// <param name="RemovedWith">The directory with which it is being removed, mostly itself; null: it is not.</param>
/// <param name="RemovalReason">Why it is being removed.</param>
/// <param name="RemovalType">What the log will call it, as directory_evicted.</param>
/// <param name="RemovalMetadata">What the log will add, as JSON; null: nothing.</param>
/// <param name="Compressed">Whether what is stored in it from now on is compressed, where it becomes smaller.</param>
/// <param name="OpenBy">Which instances may have files of it open, and until when; null: none has had for a while.</param>
/// <param name="TouchesUpTo">The number of the last notice whose touches are in the row.</param>
public sealed record CachedDirectory(
    string Path,
    long SizeBytes,
    long FileCount,
    DateTimeOffset RegisteredAt,
    DateTimeOffset LastAccessed,
    long AccessCount = 0,
    bool Pinned = false,
    string? LockOwner = null,
    DateTimeOffset? LockedUntil = null,
    string? RemovedWith = null,
    string? RemovalReason = null,
    long TouchesUpTo = 0,
    string? RemovalType = null,
    string? RemovalMetadata = null,
    bool Compressed = false,
    string? OpenBy = null)
{
    public DateTimeOffset ExpiresAt(TimeSpan ttl) => LastAccessed + ttl;

    public bool IsLocked(DateTimeOffset now) => LockedUntil > now;

    /// <summary>As nobody works on it.</summary>
    internal CachedDirectory Unlocked() => this with
    {
        LockOwner = null,
        LockedUntil = null,
        RemovedWith = null,
        RemovalReason = null,
        RemovalType = null,
        RemovalMetadata = null,
    };

    internal string Write(bool isGone = false) => JsonSerializer.Serialize(new State(this, isGone), JsonSerializerOptions.Web);

    internal static (CachedDirectory Directory, bool IsGone) Read(string state)
    {
        var read = JsonSerializer.Deserialize<State>(state, JsonSerializerOptions.Web)!;
        return (read.Directory, read.IsGone);
    }

    /// <summary>What the index learns from an operation.</summary>
    private sealed record State(CachedDirectory Directory, bool IsGone);
}
