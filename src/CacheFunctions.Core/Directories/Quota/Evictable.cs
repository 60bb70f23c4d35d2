using CacheFunctions.Directories.Index;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Directories.Quota;

/// <summary>
/// What may be evicted of nested directories. One in a directory is a part of it, so a directory stays as long as one in it does, and
/// all in one stay that is pinned or worked on. What goes with a directory is what no directory in it holds: those went before.
/// </summary>
internal sealed class Evictable
{
    private readonly DirectoryTree _tree;
    private readonly HashSet<string> _staying = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _inInner = new(StringComparer.Ordinal);

    /// <param name="isProtected">Whether a directory must stay for another reason.</param>
    public Evictable(DirectoryTree tree, DateTimeOffset now, Predicate<CachedDirectory> isProtected)
    {
        _tree = tree;
        // Each directory comes before those in it, so what stays with the one around it is known.
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var directory in tree.All)
        {
            var staysWhole = directory.Pinned || directory.IsLocked(now) || directory.RemovedWith is not null
                || (tree.HolderOf(directory.Path) is { } holder && whole.Contains(holder.Path));
            if (staysWhole) whole.Add(directory.Path);
            if (staysWhole || isProtected(directory)) _staying.Add(directory.Path);
        }

        for (var i = tree.All.Count - 1; i >= 0; i--)
        {
            if (tree.HolderOf(tree.All[i].Path) is not { } holder) continue;
            _inInner[holder.Path] = _inInner.GetValueOrDefault(holder.Path) + tree.All[i].SizeBytes;
            if (_staying.Contains(tree.All[i].Path)) _staying.Add(holder.Path);
        }

        Bytes = Candidates.Sum(OwnBytes);
    }

    /// <summary>What could be evicted in the end.</summary>
    public long Bytes { get; }

    private IEnumerable<CachedDirectory> Candidates => _tree.All.Where(directory => !_staying.Contains(directory.Path));

    public static StoredItem Item(CachedDirectory directory) => new(
        DirectoryPath.Stored(directory.Path).Id, directory.SizeBytes, directory.RegisteredAt.UtcTicks, directory.LastAccessed.UtcTicks, directory.AccessCount);

    /// <summary>
    /// Chooses in the policy's order until so many bytes are free; a directory's turn comes once all in it had theirs. O(n log n).
    /// </summary>
    /// <param name="take">How many at the most.</param>
    public ChosenDirectories Choose(StoredPolicy policy, long bytes, int take)
    {
        var waiting = Candidates.ToDictionary(directory => directory.Path, _ => 0, StringComparer.Ordinal);
        foreach (var directory in Candidates)
            if (_tree.HolderOf(directory.Path) is { } holder && waiting.TryGetValue(holder.Path, out var inIt)) waiting[holder.Path] = inIt + 1;
        var turns = new PriorityQueue<(CachedDirectory Directory, StoredItem Item), Rank>();
        foreach (var directory in Candidates)
            if (waiting[directory.Path] == 0) Offer(directory);

        var (victims, next, newest) = (new List<(CachedDirectory Directory, StoredItem Item)>(), new List<(CachedDirectory Directory, StoredItem Item)>(), default(StoredItem));
        while (turns.TryDequeue(out var turn, out _))
        {
            var isVictim = bytes > 0 && victims.Count < take;
            if (turn.Item.SizeBytes > 0)
            {
                if (isVictim) victims.Add(turn);
                else if (next.Count < Choice.NextCount) next.Add(turn);
                if (!isVictim && turn.Item.AddedAt >= newest.AddedAt) newest = turn.Item;
                if (isVictim) bytes -= turn.Item.SizeBytes;
            }

            if (_tree.HolderOf(turn.Directory.Path) is not { } holder || !waiting.TryGetValue(holder.Path, out var left)) continue;
            waiting[holder.Path] = left - 1;
            if (left == 1) Offer(holder);
        }

        return new ChosenDirectories(policy, victims, next, newest, Bytes);

        void Offer(CachedDirectory directory)
        {
            var item = Item(directory) with { SizeBytes = OwnBytes(directory) };
            turns.Enqueue((directory, item), policy.RankOf(item));
        }
    }

    private long OwnBytes(CachedDirectory directory) => Math.Max(0, directory.SizeBytes - _inInner.GetValueOrDefault(directory.Path));
}
