using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.OpenApi;

/// <summary>What this service can do, for programs. Open to all: it holds no secret.</summary>
public sealed class OpenApiFunctions(Api api)
{
    // Made once, and not before somebody asks.
    private static readonly Lazy<(byte[] Json, ContentFacts Facts)> Document = new(() =>
    {
        var json = Encoding.UTF8.GetBytes(Description.OfService().ToJsonString(Json.Options));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(json));
        return (json, new ContentFacts($"\"{sha256}\"", TimeProvider.System.GetUtcNow(), json.Length, "openapi.json", sha256, isImmutable: false));
    });

    [Function(nameof(DescribeService))]
    [Accepts(Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    [Answers("This description, as OpenAPI 3.1", Content = "application/json", Ranges = true)]
    public IResult DescribeService(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/openapi.json")] HttpRequest request) =>
        api.Run(request, _ =>
        {
            var (json, facts) = Document.Value;
            return ValueTask.FromResult<IResult>(new ContentResult(
                facts, (offset, length, _) => Task.FromResult<Stream>(new MemoryStream(json, (int)offset, (int)(length ?? json.Length - offset), writable: false))));
        });
}
