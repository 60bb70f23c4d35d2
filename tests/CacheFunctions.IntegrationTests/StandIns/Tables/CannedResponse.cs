using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

internal sealed class CannedResponse(int status, Stream? body, params (string Name, string Value)[] headers) : Response
{
    public CannedResponse(int status, string body = "", params (string Name, string Value)[] headers)
        : this(status, new MemoryStream(Encoding.UTF8.GetBytes(body)), headers)
    {
    }

    public bool Disposed { get; private set; }

    public override int Status => status;

    public override bool IsError => Status >= 400;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; } = body;

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => Disposed = true;

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() =>
        headers.Select(header => new HttpHeader(header.Name, header.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = Array.Find(headers, header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
