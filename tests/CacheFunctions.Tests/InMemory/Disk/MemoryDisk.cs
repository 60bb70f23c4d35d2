namespace CacheFunctions.Tests.InMemory.Disk;

/// <summary>
/// A disk as the calls of the service meet it. Changes are seen at once, but a power cut leaves only what was synced
/// for sure: of the changes of names since then a beginning (as a journal gives them), of unsynced content anything.
/// </summary>
internal class MemoryDisk(TimeProvider time)
{
    private readonly List<(string Path, MemoryFile? File)[]> _journal = [];
    private readonly HashSet<string> _folders = [""];
    private SortedDictionary<string, MemoryFile> _seen = new(StringComparer.Ordinal);
    private SortedDictionary<string, MemoryFile> _durable = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>How many power cuts there were. What was open before one is gone after it.</summary>
    public int PowerCuts { get; private set; }

    /// <summary>Told of every change, after it.</summary>
    public Action<DiskChange>? OnChange { get; set; }

    /// <summary>Told of every content that from now on survives a power cut under its name.</summary>
    public Action<string, byte[]>? OnDurable { get; set; }

    public IReadOnlyDictionary<string, MemoryFile> Files => _seen;

    public IReadOnlySet<string> Folders => _folders;

    public static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    /// <summary>The version's quick mark.</summary>
    public virtual string Mark(DiskStat stat) => FormattableString.Invariant($"{stat.SizeBytes:x}.{stat.Modified.UtcTicks:x}.{stat.Changed:x}");

    public MemoryFile? Find(string path) => _seen.GetValueOrDefault(path);

    public void MakeFolder(string path)
    {
        for (var folder = path; _folders.Add(folder);) folder = FolderOf(folder);
    }

    public void RemoveFolder(string path) => _folders.Remove(path);

    /// <returns>null: the name is taken.</returns>
    public MemoryFile? Create(string path)
    {
        if (_seen.ContainsKey(path)) return null;
        var file = new MemoryFile(++_last) { Modified = time.GetUtcNow(), Changed = ++_last };
        Apply(null, false, (path, file));
        return file;
    }

    public virtual void Write(MemoryFile file, long position, ReadOnlyMemory<byte> bytes)
    {
        var after = new byte[Math.Max(file.Bytes.Length, position + bytes.Length)];
        file.Bytes.CopyTo(after, 0);
        bytes.CopyTo(after.AsMemory((int)position));
        Rewrite(file, after, time.GetUtcNow(), false);
    }

    public virtual void Sync(MemoryFile file)
    {
        file.Synced = file.Bytes;
        foreach (var path in Named(_durable, file)) OnDurable?.Invoke(path, file.Bytes);
    }

    public virtual void SyncFolder() => Commit(_journal.Count);

    public virtual DiskResult Rename(string from, string to, RenameMode mode)
    {
        if (!_seen.TryGetValue(from, out var moved)) return DiskResult.NoEntry;
        _seen.TryGetValue(to, out var there);
        if (mode == RenameMode.Exchange && there is null) return DiskResult.NoEntry;
        if (mode == RenameMode.NoReplace && there is not null) return DiskResult.Exists;
        moved.Changed = ++_last;
        Apply(from, false, (from, mode == RenameMode.Exchange ? there : null), (to, moved));
        return DiskResult.Done;
    }

    /// <returns>Whether there was something to remove.</returns>
    public virtual bool Remove(string path)
    {
        if (!_seen.ContainsKey(path)) return false;
        Apply(null, false, (path, null));
        return true;
    }

    /// <summary>Somebody else saves a file as editors do: under another name, synced, then renamed.</summary>
    /// <param name="modified">null: now.</param>
    public void Put(string path, byte[] bytes, DateTimeOffset? modified = null)
    {
        MakeFolder(FolderOf(path));
        var file = new MemoryFile(++_last)
        {
            Bytes = bytes,
            Synced = bytes,
            Modified = modified ?? time.GetUtcNow(),
            Changed = ++_last,
        };
        Apply(null, true, (path, file));
        Commit(_journal.Count);
    }

    /// <summary>Somebody else rewrites a file where it lies, and syncs it.</summary>
    public void PutInPlace(string path, byte[] bytes)
    {
        var file = _seen[path];
        // Whoever rewrites what it sees there has seen it: that has happened, whatever comes.
        Commit(_journal.Count);
        Rewrite(file, bytes, time.GetUtcNow(), true);
        file.Synced = bytes;
        OnDurable?.Invoke(path, bytes);
    }

    /// <summary>Somebody else changes a file's mode, say.</summary>
    public void Touch(string path) => Rewrite(_seen[path], _seen[path].Bytes, _seen[path].Modified, true);

    public void Delete(string path)
    {
        Apply(null, true, (path, null));
        Commit(_journal.Count);
    }

    public void CutPower(Random random)
    {
        Commit(random.Next(_journal.Count + 1));
        _journal.Clear();
        _seen = new SortedDictionary<string, MemoryFile>(_durable, StringComparer.Ordinal);
        foreach (var file in _seen.Values.Where(file => !file.IsSynced).OrderBy(file => file.Number))
        {
            file.Bytes = random.Next(2) == 0 ? file.Synced ?? [] : file.Bytes[..random.Next(file.Bytes.Length + 1)];
            file.Synced = file.Bytes;
        }

        PowerCuts++;
    }

    private static List<string> Named(SortedDictionary<string, MemoryFile> files, MemoryFile file) =>
        files.Where(entry => ReferenceEquals(entry.Value, file)).Select(entry => entry.Key).ToList();

    private void Rewrite(MemoryFile file, byte[] bytes, DateTimeOffset modified, bool byStranger)
    {
        var before = file.Bytes;
        file.Bytes = bytes;
        file.Modified = modified;
        file.Changed = ++_last;
        foreach (var path in Named(_seen, file)) OnChange?.Invoke(new DiskChange(path, before, bytes, null, byStranger));
    }

    private void Apply(string? source, bool byStranger, params (string Path, MemoryFile? File)[] names)
    {
        var before = Array.ConvertAll(names, name => _seen.GetValueOrDefault(name.Path)?.Bytes);
        foreach (var (path, file) in names)
        {
            // Losing a name is a change as well.
            if (_seen.TryGetValue(path, out var lost)) lost.Changed = ++_last;
            Set(_seen, path, file);
        }

        _journal.Add(names);
        for (var i = 0; i < names.Length; i++)
            OnChange?.Invoke(new DiskChange(names[i].Path, before[i], names[i].File?.Bytes, source, byStranger));
    }

    private void Commit(int count)
    {
        foreach (var (path, file) in _journal.Take(count).SelectMany(names => names))
        {
            Set(_durable, path, file);
            if (file?.Synced is { } bytes && file.IsSynced) OnDurable?.Invoke(path, bytes);
        }

        _journal.RemoveRange(0, count);
    }

    private static void Set(SortedDictionary<string, MemoryFile> files, string path, MemoryFile? file)
    {
        if (file is null) files.Remove(path);
        else files[path] = file;
    }
}
