using System.Globalization;
using CacheFunctions.Directories.Index;

namespace CacheFunctions.Directories.Cleaning;

/// <summary>
/// What becomes of directories whose TTL has run out. Files go only when nobody needs them: neither a directory around it
/// that stays, nor one within it.
/// </summary>
/// <param name="isOpen">Whether somebody has a file of it open.</param>
internal sealed class Expiry(DirectoryTree tree, TimeSpan ttl, Predicate<CachedDirectory> isOpen, DateTimeOffset now)
{
    /// <summary>In the order in which it must be done. O(n log n).</summary>
    public IEnumerable<Expired> Decide()
    {
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var directory in tree.All)
        {
            if (directory.ExpiresAt(ttl) > now) continue;
            var holder = tree.HolderOf(directory.Path);
            if (holder is not null && removed.Contains(holder.Path))
            {
                // It goes with the one around it.
                removed.Add(directory.Path);
                continue;
            }

            if (Hindrance(directory) is { } hindrance)
            {
                yield return new Expired(directory, ExpiredAction.Keep, hindrance);
            }
            else if (holder is not null)
            {
                yield return new Expired(directory, ExpiredAction.Forget, $"{Why(directory)}; its files stay, since '{holder.Path}' holds them");
            }
            else if (tree.In(directory.Path).FirstOrDefault(inner => inner.ExpiresAt(ttl) > now || Hindrance(inner) is not null) is { } inner)
            {
                yield return new Expired(directory, ExpiredAction.Keep, $"'{inner.Path}' in it {Hindrance(inner) ?? "has not expired"}");
            }
            else
            {
                removed.Add(directory.Path);
                yield return new Expired(directory, ExpiredAction.Remove, Why(directory));
            }
        }
    }

    private string? Hindrance(CachedDirectory directory) =>
        directory.Pinned ? "is pinned"
        : directory.IsLocked(now) ? "is being worked on"
        : isOpen(directory) ? "is being read or written"
        : null;

    private string Why(CachedDirectory directory) => string.Create(
        CultureInfo.InvariantCulture, $"expired: last used {directory.LastAccessed.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, and the TTL is {ttl.TotalSeconds} s");
}

internal enum ExpiredAction
{
    Keep,
    Forget,
    Remove,
}

internal sealed record Expired(CachedDirectory Directory, ExpiredAction Action, string Reason);
