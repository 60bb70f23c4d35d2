namespace CacheFunctions.Client;

/// <summary>A content that is being read: it comes as it is read, and is never held as a whole. Dispose it to free the connection.</summary>
public sealed class CacheContent : IAsyncDisposable, IDisposable
{
    private readonly HttpResponseMessage _response;

    private CacheContent(HttpResponseMessage response, Stream stream) => (_response, Stream, Info) = (response, stream, ContentInfo.Of(response));

    /// <summary>Forward only; throws <see cref="IOException"/> where the connection ends before the content does.</summary>
    public Stream Stream { get; }

    public ContentInfo Info { get; }

    internal static async Task<CacheContent> OpenAsync(Transport http, string address, ReadConditions? conditions, CancellationToken cancellation)
    {
        var response = await http.SendAsync(new Call(HttpMethod.Get, address) { Headers = conditions?.Headers ?? [] }, cancellation);
        try
        {
            return new CacheContent(response, await response.Content.ReadAsStreamAsync(cancellation));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    internal static async Task<ContentInfo> HeadAsync(Transport http, string address, ReadConditions? conditions, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(new Call(HttpMethod.Head, address) { Headers = conditions?.Headers ?? [] }, cancellation);
        return ContentInfo.Of(response);
    }

    /// <summary>Reads all of it. For what is known to be small.</summary>
    public async Task<byte[]> ReadBytesAsync(CancellationToken cancellation = default)
    {
        using var bytes = new MemoryStream();
        await Stream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    /// <summary>Reads all of it as UTF-8. For what is known to be small.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancellation = default)
    {
        using var reader = new StreamReader(Stream, leaveOpen: true);
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose() => _response.Dispose();

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _response.Dispose();
    }
}
