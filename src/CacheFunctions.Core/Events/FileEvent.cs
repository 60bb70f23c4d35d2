using System.Collections.Frozen;
using System.Text.Json.Serialization;
using CacheFunctions.Catalogue;
using CacheFunctions.Operations;

namespace CacheFunctions.Events;

/// <summary>A cached file was added, removed or changed: one operation of the catalogue's log, as it is told.</summary>
/// <param name="Users">Whom it concerns: those it is cached for, and who did it.</param>
internal sealed record FileEvent(EventType Type, FileEventData Data, IReadOnlyList<string> Users)
{
    // What the log calls it, and what it is to those who watch. Whatever is not here changes nothing that they see.
    private static readonly FrozenDictionary<string, (EventType Type, string Action)> Told = new Dictionary<string, (EventType, string)>
    {
        ["file_cached"] = (EventType.CacheFileAdded, "added"),
        ["file_recorded"] = (EventType.CacheFileAdded, "added"),
        ["file_removed"] = (EventType.CacheFileRemoved, "removed"),
        ["file_evicted"] = (EventType.CacheFileRemoved, "removed"),
        ["file_expired"] = (EventType.CacheFileRemoved, "removed"),
        ["file_refreshed"] = (EventType.CacheFileChanged, "refreshed"),
        ["file_linked"] = (EventType.CacheFileChanged, "linked"),
        ["file_orphaned"] = (EventType.CacheFileChanged, "orphaned"),
        ["file_restored"] = (EventType.CacheFileChanged, "restored"),
        ["file_removal_begun"] = (EventType.CacheFileChanged, "pending_removal"),
        ["file_pinned"] = (EventType.CacheFileChanged, "pinned"),
        ["file_unpinned"] = (EventType.CacheFileChanged, "unpinned"),
        ["user_added"] = (EventType.CacheFileChanged, "user_added"),
        ["user_removed"] = (EventType.CacheFileChanged, "user_removed"),
    }.ToFrozenDictionary();

    /// <returns>null: nobody is told of it.</returns>
    public static FileEvent? Of(LoggedOperation logged)
    {
        var operation = logged.Operation;
        if (!operation.Success || operation.State is null || !Told.TryGetValue(operation.Type, out var told)) return null;
        var file = CatalogueEntry.Read(operation.State);
        var info = told.Type == EventType.CacheFileRemoved ? null : CachedFileAnswer.Of(file);
        var data = new FileEventData(
            operation.FilePath, told.Action, operation.TriggeredByUser, operation.Reason, operation.Type, operation.Entity, info);
        return new FileEvent(told.Type, data, operation.TriggeredByUser is { } user ? [.. file.Users, user] : file.Users);
    }
}

/// <param name="Operation">What the log calls it: so an eviction is told from a removal that somebody asked for.</param>
/// <param name="FileInfo">The file as it is afterwards, without its metadata; left out of a removal.</param>
internal sealed record FileEventData(
    string FilePath,
    string Action,
    string? UserId,
    string Reason,
    string Operation,
    string FileId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CachedFileAnswer? FileInfo);
