using System.Buffers;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Wire;

/// <summary>One account's pipeline: makes requests, sends them, turns refusals into exceptions.</summary>
internal sealed class TableChannel
{
    public const string MinimalMetadata = "application/json;odata=minimalmetadata";

    private readonly HttpPipeline _pipeline;
    private readonly string _version;

    public TableChannel(Uri endpoint, string? accountName, HttpPipelinePolicy authentication, TableClientOptions? options)
    {
        options ??= new();
        Endpoint = endpoint;
        Root = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        AccountName = accountName ?? AccountOf(endpoint);
        MaxRetries = options.Retry.MaxRetries;
        _version = options.Version;
        _pipeline = HttpPipelineBuilder.Build(new HttpPipelineOptions(options)
        {
            // Per retry: a signature carries its date, a token may run out while waiting.
            PerRetryPolicies = { authentication },
            ResponseClassifier = new ResponseClassifier(),
            RequestFailedDetailsParser = TableErrorParser.Instance,
        });
    }

    public Uri Endpoint { get; }

    /// <summary>The endpoint without a slash at its end.</summary>
    public string Root { get; }

    public string AccountName { get; }

    public int MaxRetries { get; }

    public static TableChannel WithKey(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, credential.AccountName, new SharedKeyLitePolicy(credential), options);
    }

    public static TableChannel WithToken(Uri endpoint, TokenCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        var scope = (options?.Audience ?? TableAudience.AzurePublicCloud).Scope;
        return new(endpoint, null, new BearerTokenAuthenticationPolicy(credential, scope), options);
    }

    public static TableChannel WithConnectionString(string connectionString, TableClientOptions? options)
    {
        var parsed = ConnectionString.Parse(connectionString);
        return WithKey(parsed.Endpoint, parsed.Credential, options);
    }

    public HttpMessage CreateMessage(RequestMethod method, string pathAndQuery)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(Root + pathAndQuery));
        message.Request.Headers.SetValue("x-ms-version", _version);
        message.Request.Headers.SetValue("DataServiceVersion", "3.0");
        message.Request.Headers.SetValue("Accept", MinimalMetadata);
        return message;
    }

    /// <summary>Holds the body in memory, so that a retry sends the same bytes again.</summary>
    public HttpMessage CreateMessage(RequestMethod method, string pathAndQuery, Action<Utf8JsonWriter> writeBody)
    {
        var message = CreateMessage(method, pathAndQuery);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            writeBody(json);
        message.Request.Content = RequestContent.Create(buffer.WrittenMemory);
        message.Request.Headers.SetValue("Content-Type", "application/json");
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        return message;
    }

    /// <exception cref="RequestFailedException">The status is neither 2xx nor <paramref name="alsoFine"/>.</exception>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, int alsoFine = 0)
    {
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        if (response.Status is >= 200 and < 300 || response.Status == alsoFine)
            return response;

        if (!message.BufferResponse)
            await BufferAsync(response, cancellationToken).ConfigureAwait(false);
        throw new RequestFailedException(response);
    }

    // The exception reads the body, and would read a network stream synchronously.
    private static async Task BufferAsync(Response response, CancellationToken cancellationToken)
    {
        if (response.ContentStream is not { } network)
            return;

        var copy = new MemoryStream();
        await using (network.ConfigureAwait(false))
            await network.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        copy.Position = 0;
        response.ContentStream = copy;
    }

    // The account is the first label of the service's host name; of an emulator's address, the first segment.
    private static string AccountOf(Uri endpoint) => endpoint.HostNameType == UriHostNameType.Dns && !endpoint.IsLoopback
        ? endpoint.Host.Split('.')[0]
        : endpoint.AbsolutePath.Trim('/').Split('/')[0];
}
