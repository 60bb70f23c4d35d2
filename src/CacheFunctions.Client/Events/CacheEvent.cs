using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>Something that happened to the cache.</summary>
/// <param name="Cursor">Where to go on after it, on any instance.</param>
/// <param name="File">Of an event of a file; else null.</param>
/// <param name="Statistics">Of <see cref="CacheEventType.CacheStatisticsUpdated"/>; else null.</param>
/// <param name="Data">As it was sent.</param>
public sealed record CacheEvent(
    CacheEventType Type, string Cursor, DateTimeOffset Timestamp, CachedFileEvent? File, CacheStatisticsEvent? Statistics, JsonElement Data)
{
    internal static CacheEvent Read(string cursor, string json)
    {
        var message = JsonSerializer.Deserialize<Message>(json, ClientJson.Options)!;
        return new CacheEvent(
            message.Type,
            cursor,
            message.Timestamp,
            message.Type is CacheEventType.CacheFileAdded or CacheEventType.CacheFileRemoved or CacheEventType.CacheFileChanged
                ? message.Data.Deserialize<CachedFileEvent>(ClientJson.Options) : null,
            message.Type == CacheEventType.CacheStatisticsUpdated ? message.Data.Deserialize<CacheStatisticsEvent>(ClientJson.Options) : null,
            message.Data);
    }

    private sealed record Message(CacheEventType Type, JsonElement Data, DateTimeOffset Timestamp);
}

public enum CacheEventType
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    CacheFileAdded,
    CacheFileRemoved,

    /// <summary>It stays cached, but is no longer what it was.</summary>
    CacheFileChanged,
    CacheStatisticsUpdated,
}

/// <param name="Action">added, removed, pinned, refreshed, user_added, …</param>
/// <param name="Operation">What the log calls it, as file_evicted.</param>
/// <param name="FileInfo">The file as it is afterwards, without its metadata; null: it was removed.</param>
public sealed record CachedFileEvent(
    string FilePath, string Action, string? UserId, string Reason, string Operation, string FileId, CachedFileInfo? FileInfo);

public sealed record CacheStatisticsEvent(long TotalFiles, long TotalSizeBytes, string TotalSizeReadable, long ActiveFiles, long OrphanedFiles);

/// <summary>Which events are wanted; what is null does not count.</summary>
public sealed record EventQuery
{
    public IReadOnlyList<CacheEventType>? Types { get; init; }

    /// <summary>Only of what is cached for this user.</summary>
    public string? UserId { get; init; }

    /// <summary>A cursor: all that came after it, however long ago; null: from now on.</summary>
    public string? After { get; init; }
}
