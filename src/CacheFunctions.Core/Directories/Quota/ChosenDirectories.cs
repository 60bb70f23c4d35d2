using CacheFunctions.Eviction.Quota;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Directories.Quota;

/// <summary>Directories that were chosen, in order, each with what goes with it.</summary>
/// <param name="victims">Each comes after those in it.</param>
internal sealed class ChosenDirectories(
    StoredPolicy policy,
    IReadOnlyList<(CachedDirectory Directory, StoredItem Item)> victims,
    IReadOnlyList<(CachedDirectory Directory, StoredItem Item)> next,
    StoredItem newestSpared,
    long offeredBytes)
{
    public Choice Choice { get; } =
        new(policy, [.. victims.Select(victim => victim.Item)], [.. next.Select(each => each.Item)], newestSpared, offeredBytes);

    /// <summary>As they are once those in them are gone.</summary>
    public IReadOnlyList<CachedDirectory> Victims { get; } = [.. victims.Select(victim => victim.Directory with { SizeBytes = victim.Item.SizeBytes })];

    /// <summary>Why each of them.</summary>
    public EvictionReasons Reasons(long useBytes, long quotaBytes, DateTimeOffset now)
    {
        var paths = victims.Concat(next).ToDictionary(each => each.Item.Id, each => each.Directory.Path);
        return new(Choice, "directory", id => [new("path", paths[id])], useBytes, quotaBytes, now);
    }
}
