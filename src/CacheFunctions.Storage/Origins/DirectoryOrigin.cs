using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>An origin in a folder of a mounted file system, as a NAS. The kernel keeps every path beneath its root.</summary>
public sealed class DirectoryOrigin : IOrigin
{
    private readonly DirectoryListing _listing;
    private readonly DirectoryWriter _writer;
    private readonly DirectorySwap _swap;

    /// <param name="root">The folder, as this machine knows it.</param>
    public DirectoryOrigin(string name, string root, PathRules rules, bool readOnly)
    {
        Name = name;
        Rules = rules;
        ReadOnly = readOnly;
        Root = root;
        _listing = new DirectoryListing(name, root, rules);
        _writer = new DirectoryWriter(name, root);
        _swap = new DirectorySwap(name, root);
    }

    public string Name { get; }

    public PathRules Rules { get; }

    public bool ReadOnly { get; }

    /// <summary>The folder, as this machine knows it.</summary>
    internal string Root { get; }

    public Task<Fingerprint?> FindAsync(string path, CancellationToken cancellation) => Task.Run(
        () =>
        {
            try
            {
                var (folder, name) = OriginFolder.Containing(Root, Name, path);
                using (folder) return folder.FindFile(name) is { } stat ? DirectoryFingerprint.Of(stat) : null;
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                return null;
            }
        },
        cancellation);

    public Task<OriginFile> OpenReadAsync(string path, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var (folder, name) = OriginFolder.Containing(Root, Name, path);
            using (folder)
            {
                var handle = folder.OpenRead(name);
                var stat = folder.Describe(handle);
                if (!stat.IsFile)
                {
                    handle.Dispose();
                    throw CacheException.Invalid("file_path", "names something that is not a file.");
                }

                var fingerprint = DirectoryFingerprint.Of(stat);
                var content = new FileStream(handle, FileAccess.Read, bufferSize: 0);
                return new OriginFile(fingerprint, content, () => new ValueTask<bool>(HasChanged(handle, fingerprint)));
            }
        },
        cancellation);

    public Task<IReadOnlyList<OriginEntry>> ListAsync(
        string folder, string? after, int limit, CancellationToken cancellation) =>
        Task.Run<IReadOnlyList<OriginEntry>>(() => _listing.List(folder, after, limit), cancellation);

    public Task PrepareAsync(StagedFile staged, bool makeFolder, CancellationToken cancellation) => ReadOnly
        ? throw new CacheException(ErrorCode.Forbidden, $"The origin '{Name}' is read-only. Your work stays in the session.")
        : Task.Run(() => _writer.Prepare(staged, makeFolder), cancellation);

    public Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation) =>
        Task.Run(() => _writer.Claim(left), cancellation);

    public Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation) =>
        _writer.WriteAsync(staged, content, progress, cancellation);

    public Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, string conflictName, CancellationToken cancellation) =>
        Task.Run(() => _swap.Swap(staged, expected, sha256, conflictName), cancellation);

    public Task AbandonAsync(StagedFile staged, CancellationToken cancellation) =>
        Task.Run(() => _writer.Abandon(staged), cancellation);

    public Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName, CancellationToken cancellation) =>
        Task.Run(() => _swap.TakeOver(staged, expected, targetSha256, conflictName), cancellation);

    private static bool HasChanged(SafeFileHandle handle, Fingerprint before) =>
        Native.Stat(handle, "", Native.EmptyPath, out var stat) != 0 || DirectoryFingerprint.Of(stat).Version != before.Version;
}
