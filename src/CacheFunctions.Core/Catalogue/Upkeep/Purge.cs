using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Upkeep;

/// <summary>Forgets files that were removed from the cache. What the log tells of them stays.</summary>
internal sealed class Purge(CatalogueStore store)
{
    private const int UsersPerTransaction = 80;

    /// <summary>Safe to repeat, and to break off: the file's own row goes last.</summary>
    /// <returns>Whether it is forgotten; false: it was cached again, or is forgotten already.</returns>
    public async Task<bool> RunAsync(CachedFile seen, Trigger trigger, CancellationToken cancellation)
    {
        bool? done;
        do done = await store.Files.UpdateAsync(store.ShardOf(seen.Id), token => DecideAsync(seen, trigger, token), cancellation);
        while (done is null);
        return done.Value;
    }

    private async Task<Decision<bool?>> DecideAsync(CachedFile seen, Trigger trigger, CancellationToken cancellation)
    {
        var found = await store.FindAsync(seen.Id, cancellation);
        if (found?.File is not { Status: FileStatus.Removed } file || file.StatusSince != seen.StatusSince) return new(null, false);
        var change = new Change();
        foreach (var user in file.Users.Take(UsersPerTransaction)) change.DeleteAny(CatalogueRows.UserKey(file.Id, user));
        if (file.Users.Count > UsersPerTransaction)
        {
            var rest = file with { Users = [.. file.Users.Skip(UsersPerTransaction)] };
            change.Replace(found.Row, CatalogueRows.Values(rest)).Log(CatalogueStore.Log("users_removed", rest, trigger, "removed long ago"));
            return new(change, null);
        }

        var gone = CatalogueEntry.Of(file) with { Removed = true };
        change.Delete(found.Row).Log(CatalogueStore.Log("file_purged", file, trigger, "removed long ago") with { State = gone.Write() });
        return new(change, true);
    }
}
