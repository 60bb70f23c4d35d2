using System.Diagnostics.CodeAnalysis;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>One action's answer, cut out of the answer to its transaction.</summary>
internal sealed class BatchedResponse(int status, string reason, List<HttpHeader> headers, byte[] body) : Response
{
    public override int Status => status;

    public override bool IsError => Status >= 400;

    public override string ReasonPhrase => reason;

    public override Stream? ContentStream { get; set; } =
        new MemoryStream(body, 0, body.Length, writable: false, publiclyVisible: true);

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => headers.Exists(header => Named(header, name));

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers;

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = headers.Find(header => Named(header, name)).Value;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = headers.Where(header => Named(header, name)).Select(header => header.Value).ToArray();
        return values.Any();
    }

    private static bool Named(HttpHeader header, string name) =>
        string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase);
}
