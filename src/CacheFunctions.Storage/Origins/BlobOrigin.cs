using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Storage.Origins.Blobs;

namespace CacheFunctions.Storage.Origins;

/// <summary>An origin in a container of Blob Storage. Folders there are only parts of names; a path cannot leave it.</summary>
public sealed class BlobOrigin : IOrigin
{
    private readonly Lazy<BlobPlace> _place;
    private readonly Lazy<BlobStaging> _staging;
    private readonly Lazy<BlobSwap> _swap;

    /// <param name="place">Asked for at the first use.</param>
    internal BlobOrigin(string name, Func<BlobPlace> place, PathRules rules, bool readOnly)
    {
        Name = name;
        Rules = rules;
        ReadOnly = readOnly;
        _place = new Lazy<BlobPlace>(place);
        _staging = new Lazy<BlobStaging>(() => new BlobStaging(_place.Value));
        _swap = new Lazy<BlobSwap>(() => new BlobSwap(_place.Value, _staging.Value));
    }

    public string Name { get; }

    public PathRules Rules { get; }

    public bool ReadOnly { get; }

    public Task<Fingerprint?> FindAsync(string path, CancellationToken cancellation) => RunAsync(
        path,
        async () => await _place.Value.FindFileAsync(path, cancellation) is { } found ? BlobFingerprint.Of(found) : null,
        cancellation);

    public Task<OriginFile> OpenReadAsync(string path, CancellationToken cancellation) => RunAsync(
        path,
        async () =>
        {
            var blob = _place.Value.Blob(path);
            // The library goes on after a broken connection only in the same version.
            var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            var details = download.Details;
            BlobPlace.RequireFile(details.Metadata);
            return new OriginFile(
                BlobFingerprint.Of(details.ContentLength, details.LastModified, details.ETag, null),
                new StorageReadStream(download.Content),
                async () => (await RunAsync(path, () => BlobPlace.FindAsync(blob, default), default))?.ETag != details.ETag);
        },
        cancellation);

    public Task<IReadOnlyList<OriginEntry>> ListAsync(
        string folder, string? after, int limit, CancellationToken cancellation) => RunAsync<IReadOnlyList<OriginEntry>>(
        folder, async () => await new BlobListing(_place.Value, Rules).ListAsync(folder, after, limit, cancellation), cancellation);

    /// <param name="makeFolder">Says nothing here: a name brings its folders with it.</param>
    public Task PrepareAsync(StagedFile staged, bool makeFolder, CancellationToken cancellation)
    {
        if (ReadOnly) throw new CacheException(ErrorCode.Forbidden, $"The origin '{Name}' is read-only. Your work stays in the session.");
        return RunAsync(
            staged.Path,
            async () =>
            {
                await _place.Value.FindFileAsync(staged.Path, cancellation);
                await _staging.Value.PrepareAsync(staged, cancellation);
                return true;
            },
            cancellation);
    }

    public Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation) =>
        RunAsync(left.Path, () => _staging.Value.ClaimAsync(left, cancellation), cancellation);

    public Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation) => RunAsync(
        staged.Path,
        async () =>
        {
            await _staging.Value.WriteAsync(staged, content, progress, cancellation);
            return true;
        },
        cancellation);

    public Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, string conflictName, CancellationToken cancellation) =>
        RunAsync(staged.Path, () => _swap.Value.SwapAsync(staged, expected, sha256, cancellation), cancellation);

    public Task AbandonAsync(StagedFile staged, CancellationToken cancellation) => RunAsync(
        staged.Path,
        async () =>
        {
            await _staging.Value.RemoveAsync(staged, cancellation);
            return true;
        },
        cancellation);

    public Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName, CancellationToken cancellation) =>
        RunAsync(staged.Path, () => _swap.Value.TakeOverAsync(staged, targetSha256, cancellation), cancellation);

    private Task<T> RunAsync<T>(string path, Func<Task<T>> act, CancellationToken cancellation) =>
        _place.Value.RunAsync(path, act, cancellation);
}
