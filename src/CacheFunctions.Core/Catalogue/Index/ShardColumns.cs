namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// One shard's files in columns: about 75 bytes a file and its path. A row keeps its place while its file is there;
/// rows of removed files are used again. One shard has one hash range, so a growing column copies a sixty-fourth of
/// the catalogue, and no buffer comes near 2 GB. Not safe for concurrent use: <see cref="ShardIndex"/> guards it.
/// </summary>
internal sealed class ShardColumns
{
    private readonly Stack<int> _free = new();
    private IdMap _map;
    private long _storedBytes;

    public ShardColumns(int capacity = 0)
    {
        _map = new IdMap(capacity);
        Texts = new PathTexts();
        Resize(capacity);
    }

    /// <summary>Rows in use or free for use: columns are valid below this number.</summary>
    public int Length { get; private set; }

    /// <summary>How many files there are.</summary>
    public int Count => Length - _free.Count;

    /// <summary>Of all copies that this service made, in bytes. May be read without the lock.</summary>
    public long StoredBytes => Volatile.Read(ref _storedBytes);

    public Guid[] Ids = [];

    /// <summary>In bytes.</summary>
    public long[] Sizes = [];

    /// <summary>In ticks of UTC.</summary>
    public long[] CachedAt = [];

    /// <summary>In ticks of UTC; 0: never.</summary>
    public long[] LastAccessed = [];

    /// <summary>The row's own count.</summary>
    public int[] AccessCounts = [];

    /// <summary>Hits that only the notices know of. Apart from the row's count, so that the order in which the two come does not matter.</summary>
    public int[] Touches = [];

    public ushort[] Flags = [];

    /// <summary>Numbers of <see cref="UserSets"/>.</summary>
    public int[] Users = [];

    public TextPlace[] Places = [];

    public PathTexts Texts { get; private set; }

    /// <returns>-1: there is no such file.</returns>
    public int Find(Guid id) => _map.Find(Ids, id);

    public long Accesses(int row) => (long)AccessCounts[row] + Touches[row];

    /// <returns>Its row.</returns>
    public int Put(CatalogueEntry entry, int users)
    {
        var row = Find(entry.Id.Value);
        if (row < 0)
        {
            row = Take(entry.Id.Value);
            Places[row] = Texts.Add(entry.FilePath);
        }
        else if (!Texts.Holds(Places[row], entry.FilePath))
        {
            Texts.Remove(Places[row]);
            Places[row] = Texts.Add(entry.FilePath);
        }

        Volatile.Write(ref _storedBytes, _storedBytes - StoredBytesOf(row) + (entry.Stored ? entry.SizeBytes : 0));
        Sizes[row] = entry.SizeBytes;
        CachedAt[row] = entry.CachedAt.UtcTicks;
        LastAccessed[row] = Math.Max(LastAccessed[row], entry.LastAccessed?.UtcTicks ?? 0);
        AccessCounts[row] = (int)Math.Min(entry.AccessCount, int.MaxValue);
        Flags[row] = FileFlags.Of(entry.Status, entry.Method, entry.TriggeredByOperation, entry.Pinned, entry.Stored);
        Users[row] = users;
        if (Texts.ShouldCompact) CompactTexts();
        return row;
    }

    /// <summary>Of one row, also a free one or -1.</summary>
    public long StoredBytesOf(int row) => row >= 0 && FileFlags.Stored(Flags[row]) ? Sizes[row] : 0;

    public void Touch(int row, int count, long lastAccessed)
    {
        Touches[row] = (int)Math.Min((long)Touches[row] + count, int.MaxValue);
        LastAccessed[row] = Math.Max(LastAccessed[row], lastAccessed);
    }

    /// <summary>A file as its row tells it, with what only the notices know.</summary>
    public CachedFile WithTouches(int row, CachedFile file) => Touches[row] == 0 ? file : file with
    {
        AccessCount = file.AccessCount + Touches[row],
        LastAccessed = new DateTimeOffset(Math.Max(LastAccessed[row], file.LastAccessed?.UtcTicks ?? 0), TimeSpan.Zero),
    };

    public IEnumerable<Touch> AllTouches()
    {
        for (var row = 0; row < Length; row++)
            if (FileFlags.IsFile(Flags[row]) && Touches[row] > 0) yield return new Touch(Ids[row], Touches[row], LastAccessed[row]);
    }

    public void Remove(Guid id)
    {
        var row = Find(id);
        if (row < 0) return;
        _map.Remove(Ids, id);
        Texts.Remove(Places[row]);
        Volatile.Write(ref _storedBytes, _storedBytes - StoredBytesOf(row));
        Flags[row] = 0;
        Places[row] = default;
        _free.Push(row);
        if (Texts.ShouldCompact) CompactTexts();
    }

    /// <summary>Whether all rows are files and all text is theirs.</summary>
    public bool IsCompact => _free.Count == 0 && !Texts.HasWaste;

    /// <summary>A copy without holes.</summary>
    public ShardColumns Compacted()
    {
        var copy = new ShardColumns(Count);
        var texts = new PathTexts();
        texts.Reserve(Enumerable.Range(0, Length).Sum(row => Places[row].TotalLength));
        var to = 0;
        for (var row = 0; row < Length; row++)
        {
            if (!FileFlags.IsFile(Flags[row])) continue;
            copy.Ids[to] = Ids[row];
            copy.Sizes[to] = Sizes[row];
            copy.CachedAt[to] = CachedAt[row];
            copy.LastAccessed[to] = LastAccessed[row];
            copy.AccessCounts[to] = AccessCounts[row];
            copy.Touches[to] = Touches[row];
            copy.Flags[to] = Flags[row];
            copy.Users[to] = Users[row];
            copy.Places[to] = texts.Add(Texts, Places[row]);
            to++;
        }

        copy.Adopt(to, texts);
        return copy;
    }

    /// <summary>Takes over columns that were read from a snapshot, all rows of them files.</summary>
    public void Adopt(int length, PathTexts texts)
    {
        (Length, Texts) = (length, texts);
        _map = new IdMap(length);
        for (var row = 0; row < length; row++)
        {
            _map.Add(Ids, row);
            _storedBytes += StoredBytesOf(row);
        }
    }

    private int Take(Guid id)
    {
        if (!_free.TryPop(out var row))
        {
            row = Length;
            if (row == Ids.Length) Resize(Math.Max(16, row + row / 4));
            Length++;
        }

        Ids[row] = id;
        LastAccessed[row] = Touches[row] = 0;
        _map.Add(Ids, row);
        return row;
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref Ids, capacity);
        Array.Resize(ref Sizes, capacity);
        Array.Resize(ref CachedAt, capacity);
        Array.Resize(ref LastAccessed, capacity);
        Array.Resize(ref AccessCounts, capacity);
        Array.Resize(ref Touches, capacity);
        Array.Resize(ref Flags, capacity);
        Array.Resize(ref Users, capacity);
        Array.Resize(ref Places, capacity);
    }

    private void CompactTexts()
    {
        var compact = new PathTexts();
        compact.Reserve(Enumerable.Range(0, Length).Sum(row => Places[row].TotalLength));
        for (var row = 0; row < Length; row++)
            if (FileFlags.IsFile(Flags[row])) Places[row] = compact.Add(Texts, Places[row]);
        Texts = compact;
    }
}
