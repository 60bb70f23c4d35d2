namespace CacheFunctions.Catalogue.Upkeep;

/// <summary>What one pass over the catalogue does besides marking files whose copy is gone.</summary>
/// <param name="RemoveOrphaned">Removes those that are, or just were, marked.</param>
/// <param name="LookAtOrigins">Counts files whose original is gone.</param>
/// <param name="Sweep">Deletes copies older than a day that no file names.</param>
/// <param name="PurgeBefore">Forgets files that were removed before then; null: none.</param>
public sealed record UpkeepTasks(
    bool RemoveOrphaned = false, bool LookAtOrigins = false, bool Sweep = false, DateTimeOffset? PurgeBefore = null)
{
    /// <summary>Whether the copies must be looked at; otherwise only the records are.</summary>
    public bool LooksAtCopies { get; init; } = true;
}
