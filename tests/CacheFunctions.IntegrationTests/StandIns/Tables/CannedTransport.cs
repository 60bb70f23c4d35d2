using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

/// <summary>A network that answers with what the test wrote down, in order, and keeps what was sent.</summary>
internal sealed class CannedTransport(params CannedResponse[] answers) : HttpPipelineTransport
{
    private readonly Queue<CannedResponse> _answers = new(answers);

    public List<SentRequest> Sent { get; } = [];

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new InvalidOperationException("Nothing here is synchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        message.CancellationToken.ThrowIfCancellationRequested();
        using var body = new MemoryStream();
        if (message.Request.Content is { } content)
            await content.WriteToAsync(body, message.CancellationToken);
        Sent.Add(new(
            message.Request.Method.Method,
            message.Request.Uri.ToUri(),
            message.Request.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
            Encoding.UTF8.GetString(body.ToArray())));
        message.Response = _answers.Dequeue();
    }
}

internal sealed record SentRequest(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, string Body);
