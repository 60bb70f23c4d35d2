using CacheFunctions.Errors;
using CacheFunctions.Files.Urls;
using CacheFunctions.Jobs;
using CacheFunctions.Security;

namespace CacheFunctions.Files;

/// <summary>Addresses that work without a key of this service, for browsers, say.</summary>
public sealed partial class FileManager
{
    /// <summary>Where signed addresses of this service begin; a blob's name follows.</summary>
    public const string SignedRoute = "api/signed-files/";

    /// <summary>As long as storage gives its own.</summary>
    private const int MaxExpiresIn = 7 * 24 * 3600;

    /// <summary>
    /// The document's <c>generate_upload_url</c>: where to send a file straight to storage. It is kept as it is sent, and is there at once;
    /// or, staged, once it is committed.
    /// </summary>
    /// <param name="expiresIn">Seconds, 1 to 604,800.</param>
    /// <exception cref="CacheException">Forbidden; InvalidArgument.</exception>
    public Task<FileUrl> GenerateUploadUrlAsync(
        Caller caller, FileAddress address, string? contentType = null, int expiresIn = 3600, bool staged = false, CancellationToken cancellation = default)
    {
        FileRights.RequireMayWrite(caller, address.Space);
        var (type, lifetime) = (FileTypes.Check("content_type", contentType), Lifetime(expiresIn));
        return FileErrors.NamedAsync(async () =>
        {
            if (staged) return await _staged.BeginAsync(caller, address, type, lifetime, cancellation);
            var target = await _store.PresignUploadAsync(address.BlobName, type, lifetime, cancellation);
            return new FileUrl(target.Url, target.Method, target.Headers, target.ExpiresAt);
        });
    }

    /// <summary>Makes a staged upload the file, once its length and SHA-256 are found right. Safe to repeat.</summary>
    /// <returns>The file; or the job that goes on, if it takes long.</returns>
    /// <exception cref="CacheException">NotFound: there is no such upload; InvalidArgument: it is not what was said; then nothing is changed.</exception>
    public Task<PatientResult<FileInformation>> CommitUploadAsync(
        Caller caller, string uploadId, long sizeBytes, string sha256, CancellationToken cancellation = default) => FileErrors.NamedAsync(
        async () =>
        {
            var commit = await _staged.CommitAsync(caller, uploadId, sizeBytes, sha256, cancellation);
            return commit.Result is { } address
                ? new PatientResult<FileInformation>((await RequireAsync(caller, address, useCache: true, unread: null, cancellation)).Information, null)
                : new PatientResult<FileInformation>(null, commit.JobId);
        },
        FileErrors.Upload);

    /// <summary>
    /// The document's <c>generate_download_url</c>. Of a file that is neither encrypted nor compressed it is one of storage; else one of
    /// this service, relative to its own address.
    /// </summary>
    /// <param name="expiresIn">Seconds, 1 to 604,800.</param>
    /// <exception cref="FileNotFoundError"/>
    /// <exception cref="CacheException">InvalidArgument.</exception>
    public async Task<FileUrl> GenerateDownloadUrlAsync(
        Caller caller, FileAddress address, int expiresIn = 3600, CancellationToken cancellation = default)
    {
        var lifetime = Lifetime(expiresIn);
        var file = await RequireAsync(caller, address, useCache: false, unread: null, cancellation);
        var expiresAt = _log.Now + lifetime;
        var url = file.Header is { Chunks: null, GzipBytes: null }
            ? await FileErrors.NamedAsync(() => _store.PresignDownloadAsync(
                address.BlobName, address.Filename[(address.Filename.LastIndexOf('/') + 1)..], file.Information.ContentType, lifetime, cancellation))
            : new Uri($"/{SignedRoute}{string.Join('/', address.BlobName.Split('/').Select(Uri.EscapeDataString))}?{_signer.Sign("GET", address.BlobName, expiresAt, caller.UserId)}", UriKind.Relative);
        return new FileUrl(url, "GET", new Dictionary<string, string>(), expiresAt);
    }

    /// <summary>What a signed address of this service gives, whoever comes with it.</summary>
    /// <param name="name">What follows <see cref="SignedRoute"/>.</param>
    /// <param name="query">Its query parameters; null where there is none.</param>
    /// <param name="readsWhole">As for <see cref="DownloadFileAsync(Caller, FileAddress, bool, bool, CancellationToken)"/>.</param>
    /// <exception cref="CacheException">Forbidden: it was not signed so, or has expired.</exception>
    /// <exception cref="FileNotFoundError"/>
    public Task<FileDownload> DownloadSignedAsync(
        string verb, string name, Func<string, string?> query, bool readsWhole = false, CancellationToken cancellation = default)
    {
        _signer.Require(verb, name, query);
        return DownloadFileAsync(Caller.Machine, FileAddress.Read(name)!, useCache: true, readsWhole, cancellation);
    }

    private static TimeSpan Lifetime(int expiresIn) => expiresIn is >= 1 and <= MaxExpiresIn
        ? TimeSpan.FromSeconds(expiresIn)
        : throw CacheException.Invalid("expires_in", $"must be from 1 to {MaxExpiresIn} seconds.");
}
