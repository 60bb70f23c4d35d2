using System.Net;
using System.Net.Http.Headers;

namespace CacheFunctions.Client;

/// <summary>A caller's stream as a body, from where it stands to its end. It stays open, and can be sent again if it can seek.</summary>
internal sealed class StreamBody : HttpContent
{
    private const int BufferBytes = 128 << 10;

    private readonly Stream _stream;
    private readonly long? _start;

    private StreamBody(Stream stream, long? start, string? contentType, (string Name, string Value)[] headers)
    {
        (_stream, _start) = (stream, start);
        if (contentType is not null) Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers) Headers.Add(name, value);
    }

    /// <returns>How the body of each try is made.</returns>
    public static Func<HttpContent> Of(Stream stream, string? contentType = null, params (string Name, string Value)[] headers)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long? start = stream.CanSeek ? stream.Position : null;
        return () => new StreamBody(stream, start, contentType, headers);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_start is { } start) _stream.Position = start;
        return _stream.CopyToAsync(stream, BufferBytes, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _start is { } start ? _stream.Length - start : 0;
        return _start is not null;
    }
}
