namespace CacheFunctions.Client;

/// <summary>
/// A CacheFunctions service. Safe for concurrent use; make one and keep it. Every method throws <see cref="CacheApiException"/>
/// when the service says no, and <see cref="HttpRequestException"/> when no answer comes; both after the tries that
/// <see cref="CacheClientOptions.MaxTries"/> allows.
/// </summary>
public sealed class CacheClient : IDisposable
{
    private readonly HttpClient? _own;

    /// <summary>Over connections of its own, which end with it.</summary>
    /// <param name="address">Where the service listens, with a prefix if it has one.</param>
    public CacheClient(Uri address, CacheClientOptions? options = null)
        : this(OwnHttp(address), options) => _own = Http.Client;

    /// <param name="http">
    /// Has the service's address as its base address, and ends nothing by itself: its timeout counts for every try, and must leave uploads
    /// their time.
    /// </param>
    public CacheClient(HttpClient http, CacheClientOptions? options = null)
    {
        if (http.BaseAddress is null) throw new ArgumentException("It needs the service's address as its BaseAddress.", nameof(http));
        Http = new Transport(http, options ?? new());
        Jobs = new(Http);
        Sessions = new(Http, Jobs);
        Locks = new(Http);
        CachedFiles = new(Http, Jobs);
        Files = new(Http, Jobs);
        Uploads = new(Http, Jobs);
        Directories = new(Http, Jobs);
        Origins = new(Http);
        Events = new(Http);
        Service = new(Http);
    }

    /// <summary>Edit sessions: private copies of an origin's files, saved often and written back.</summary>
    public SessionsClient Sessions { get; }

    /// <summary>Who may write which file of an origin.</summary>
    public LocksClient Locks { get; }

    /// <summary>The catalogue of cached files.</summary>
    public CachedFilesClient CachedFiles { get; }

    /// <summary>The file manager: files by domain and level.</summary>
    public FilesClient Files { get; }

    /// <summary>Uploads that can be resumed, by tus 1.0.</summary>
    public UploadsClient Uploads { get; }

    /// <summary>The directory cache.</summary>
    public DirectoriesClient Directories { get; }

    /// <summary>Where authoritative files lie.</summary>
    public OriginsClient Origins { get; }

    /// <summary>Work that outlived an answer.</summary>
    public JobsClient Jobs { get; }

    /// <summary>Live events of cached files.</summary>
    public EventsClient Events { get; }

    /// <summary>The service itself.</summary>
    public ServiceClient Service { get; }

    internal Transport Http { get; }

    public void Dispose() => _own?.Dispose();

    // A redirect could carry the key to another host, and the service answers none.
    private static HttpClient OwnHttp(Uri address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = address,
        // An upload takes as long as it takes; who waits shorter has a cancellation token.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
