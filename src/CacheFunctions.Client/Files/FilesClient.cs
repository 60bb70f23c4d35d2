namespace CacheFunctions.Client;

/// <summary>The file manager over HTTP.</summary>
public sealed class FilesClient
{
    private readonly Transport _http;
    private readonly JobsClient _jobs;

    internal FilesClient(Transport http, JobsClient jobs) => (_http, _jobs) = (http, jobs);

    /// <summary>Stores a file, or replaces one.</summary>
    /// <param name="content">From where it stands to its end. One that cannot seek is sent once only.</param>
    public Task<StoredFileInfo> UploadAsync(
        FileSpace space, string filename, Stream content, FileUploadOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        return DataAsync<StoredFileInfo>(
            new Call(HttpMethod.Put, One(space, filename) + options.Query)
            {
                Body = StreamBody.Of(content, options.ContentType),
                BodyRepeats = content.CanSeek,
                Headers = options.Headers,
                IsConditionalWrite = options.IfMatch is not null || options.MustBeNew,
            },
            cancellation);
    }

    /// <param name="useCache">false: storage itself is asked.</param>
    /// <exception cref="CacheApiException">404 <c>file_not_found</c>; 502 <c>file_download_failed</c>: what is stored is damaged.</exception>
    public Task<CacheContent> OpenAsync(
        FileSpace space, string filename, ReadConditions? conditions = null, bool useCache = true, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, One(space, filename) + Address.Query(UseCache(useCache)), conditions, cancellation);

    /// <inheritdoc cref="OpenAsync"/>
    public Task<ContentInfo> GetContentInfoAsync(
        FileSpace space, string filename, ReadConditions? conditions = null, bool useCache = true, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, One(space, filename) + Address.Query(UseCache(useCache)), conditions, cancellation);

    /// <inheritdoc cref="OpenAsync"/>
    public Task<StoredFileInfo> GetAsync(FileSpace space, string filename, bool useCache = true, CancellationToken cancellation = default) =>
        _http.GetAsync<StoredFileInfo>(One(space, filename) + Address.Query(("metadata", true), UseCache(useCache)), cancellation);

    /// <param name="ifMatch">Only this version, an entity tag in quotes; else 412.</param>
    public Task<DeletedFile> DeleteAsync(FileSpace space, string filename, string? ifMatch = null, CancellationToken cancellation = default) => DataAsync<DeletedFile>(
        new Call(HttpMethod.Delete, One(space, filename)) { Headers = [("If-Match", ifMatch)], IsConditionalWrite = ifMatch is not null }, cancellation);

    /// <param name="pageSize">1 to 5,000 (1,000).</param>
    public PagedList<StoredFileInfo> List(FileSpace space, string? prefix = null, int? pageSize = null, bool useCache = true) => Lists.Of<StoredFileInfo>(
        _http,
        "files",
        cursor => space.Address + Address.Query(("prefix", prefix), ("max_keys", pageSize), ("cursor", cursor), UseCache(useCache)));

    /// <summary>An address to upload to, past the service. The file is there at once; a staged one once it is committed.</summary>
    /// <param name="expiresIn">1 second to 7 days (an hour).</param>
    public Task<UploadAddress> CreateUploadUrlAsync(
        FileSpace space, string filename, string? contentType = null, TimeSpan? expiresIn = null, bool staged = false, CancellationToken cancellation = default) =>
        _http.SendAsync<UploadAddress>(
            HttpMethod.Post,
            "api/files/upload-url",
            new { space.Domain, space.Level, space.UserId, Filename = filename, ContentType = contentType, ExpiresIn = Seconds(expiresIn), Staged = staged },
            cancellation);

    /// <summary>An address to download from, for who has no key.</summary>
    /// <param name="expiresIn">1 second to 7 days (an hour).</param>
    public Task<UploadAddress> CreateDownloadUrlAsync(
        FileSpace space, string filename, TimeSpan? expiresIn = null, CancellationToken cancellation = default) => _http.SendAsync<UploadAddress>(
        HttpMethod.Post,
        "api/files/download-url",
        new { space.Domain, space.Level, space.UserId, Filename = filename, ExpiresIn = Seconds(expiresIn) },
        cancellation);

    /// <summary>Sends a content to an upload address, the service's or storage's; neither key nor token is sent with it.</summary>
    /// <param name="content">From where it stands to its end.</param>
    public async Task SendToAsync(UploadAddress address, Stream content, CancellationToken cancellation = default)
    {
        using var response = await _http.SendAsync(
            new Call(new HttpMethod(address.Method), address.Url.AbsoluteUri)
            {
                Body = StreamBody.Of(content),
                BodyRepeats = content.CanSeek,
                Headers = [.. address.Headers.Select(header => (header.Key, (string?)header.Value))],
            },
            cancellation);
    }

    /// <summary>Reads from a download address, the service's or storage's; neither key nor token is sent with it.</summary>
    public Task<CacheContent> OpenSignedAsync(Uri url, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, url.AbsoluteUri, conditions, cancellation);

    /// <inheritdoc cref="OpenSignedAsync"/>
    public Task<ContentInfo> GetSignedInfoAsync(Uri url, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, url.AbsoluteUri, conditions, cancellation);

    /// <summary>Makes what was uploaded under a staged address a file.</summary>
    /// <param name="space">For which the address was made.</param>
    /// <param name="sha256">Of all of it, in hex.</param>
    public Task<Outcome<StoredFileInfo>> CommitUploadAsync(
        FileSpace space, string filename, string uploadId, long sizeBytes, string sha256, CancellationToken cancellation = default) => _jobs.OutcomeAsync(
        new Call(HttpMethod.Post, "api/files/commit") { Body = Transport.JsonBody(new { UploadId = uploadId, SizeBytes = sizeBytes, Sha256 = sha256 }) },
        (_, cancelled) => GetAsync(space, filename, useCache: false, cancelled),
        cancellation);

    private static string One(FileSpace space, string filename) => $"{space.Address}/{Address.Path(filename)}";

    private static (string Name, object? Value) UseCache(bool useCache) => ("use_cache", useCache ? null : false);

    private static int? Seconds(TimeSpan? time) => time is { } said ? (int)Math.Ceiling(said.TotalSeconds) : null;

    private async Task<T> DataAsync<T>(Call call, CancellationToken cancellation) => (await _http.AnswerAsync<T>(call, cancellation)).Data;
}
