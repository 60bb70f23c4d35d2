using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.InMemory;

/// <summary>An origin on a disk in memory, in the same steps as one in a real folder.</summary>
/// <param name="stepBytes">How much one step of reading or writing takes; between steps others may come.</param>
internal class MemoryOrigin(
    string name, MemoryDisk disk, Link link, bool readOnly = false, int stepBytes = 16) : IOrigin
{
    private readonly MemoryOriginWriter _writer = new(disk, link, stepBytes);
    private readonly MemoryOriginSwap _swap = new(disk, link);

    public string Name => name;

    public PathRules Rules { get; } = new(true, null);

    public bool ReadOnly => readOnly;

    protected MemoryDisk Disk => disk;

    public static Fingerprint Of(MemoryDisk disk, DiskStat stat, string? sha256 = null) =>
        new(stat.SizeBytes, stat.Modified, disk.Mark(stat), sha256);

    public async Task<Fingerprint?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var (folder, file) = await DiskFolder.ContainingAsync(disk, link, path);
            return await folder.FindAsync(file) is { } stat ? Of(disk, stat) : null;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    public async Task<OriginFile> OpenReadAsync(string path, CancellationToken cancellation)
    {
        if (disk.Folders.Contains(path)) throw CacheException.Invalid("file_path", "names something that is not a file.");
        var (folder, name) = await DiskFolder.ContainingAsync(disk, link, path);
        var file = await folder.OpenAsync(name);
        var before = Of(disk, await folder.DescribeAsync(file));
        return new OriginFile(
            before,
            new MemoryFileStream(folder, file, stepBytes),
            async () => Of(disk, await folder.DescribeAsync(file)).Version != before.Version);
    }

    public async Task<IReadOnlyList<OriginEntry>> ListAsync(
        string folder, string? after, int limit, CancellationToken cancellation)
    {
        await link.ReadAsync(() => true);
        if (disk.Find(folder) is not null) throw CacheException.Invalid("path", "names a file.");
        if (!disk.Folders.Contains(folder)) throw CacheException.NotFound($"The folder {folder} does not exist.");
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var files = disk.Files.Where(file => MemoryDisk.FolderOf(file.Key) == folder)
            .Select(file => new OriginEntry(file.Key[prefix.Length..], false, file.Value.Bytes.Length, file.Value.Modified));
        var folders = disk.Folders.Where(each => each.Length > 0 && MemoryDisk.FolderOf(each) == folder)
            .Select(each => new OriginEntry(each[prefix.Length..], true, null, null));
        return [.. files.Concat(folders)
            .Where(entry => !entry.Name.StartsWith(StagedName.Prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Where(entry => after is null || string.CompareOrdinal(entry.Name, after) > 0)
            .Take(limit)];
    }

    public Task PrepareAsync(StagedFile staged, bool makeFolder, CancellationToken cancellation) => readOnly
        ? throw new CacheException(ErrorCode.Forbidden, $"The origin '{name}' is read-only.")
        : _writer.PrepareAsync(staged, makeFolder);

    public Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation) => _writer.ClaimAsync(left);

    public virtual Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation) =>
        _writer.WriteAsync(staged, content, progress, cancellation);

    public Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, string conflictName, CancellationToken cancellation) =>
        _swap.SwapAsync(staged, expected, sha256, conflictName);

    public Task AbandonAsync(StagedFile staged, CancellationToken cancellation) => _writer.AbandonAsync(staged);

    public Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName, CancellationToken cancellation) =>
        _swap.TakeOverAsync(staged, expected, targetSha256, conflictName);
}
