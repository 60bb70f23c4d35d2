using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Tests.Observability;

/// <summary>Storage as the service's own part of the Azure clients' pipeline sees it: each call is answered with a status, or fails.</summary>
internal sealed class PlayedStorage
{
    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(new BlobClientOptions());
    private readonly ReadOnlyMemory<HttpPipelinePolicy> _answering;

    public PlayedStorage(int status = 200, Exception? error = null) => _answering = new HttpPipelinePolicy[] { new Answering(new Answer(status), error) };

    public HttpMessage Message(RequestMethod method, string address, int? sent = null)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(address));
        if (sent is { } bytes) message.Request.Content = RequestContent.Create(new byte[bytes]);
        return message;
    }

    public void Call(CountingPolicy policy, HttpMessage message) => policy.Process(message, _answering);

    public Task CallAsync(bool isTable, RequestMethod method, string address, int? sent = null) =>
        new CountingPolicy(new StorageTransactions(), isTable).ProcessAsync(Message(method, address, sent), _answering).AsTask();

    private sealed class Answering(Answer answer, Exception? error) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            message.Response = error is null ? answer : throw error;

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Process(message, pipeline);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Answer(int status) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => name == "Content-Length";

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new("Content-Length", "7")];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => (value = ContainsHeader(name) ? "7" : null) is not null;

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
            (values = ContainsHeader(name) ? ["7"] : null) is not null;
    }
}
