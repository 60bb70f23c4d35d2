using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>The service itself over HTTP.</summary>
public sealed class ServiceClient
{
    private const string Description = "api/openapi.json";

    private readonly Transport _http;

    internal ServiceClient(Transport http) => _http = http;

    public Task<HealthInfo> GetHealthAsync(CancellationToken cancellation = default) => _http.GetAsync<HealthInfo>("api/health", cancellation);

    /// <summary>Whether its storage answers. Asked once: what it says is what is wanted.</summary>
    /// <exception cref="CacheApiException">503: something does not answer, and the details say what.</exception>
    public async Task<ReadyInfo> GetReadyAsync(CancellationToken cancellation = default) =>
        (await _http.AnswerAsync<ReadyInfo>(new Call(HttpMethod.Get, "api/ready") { Retries = false }, cancellation)).Data;

    /// <summary>The whole interface, as OpenAPI 3.1.</summary>
    public Task<CacheContent> OpenDescriptionAsync(ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, Description, conditions, cancellation);

    /// <inheritdoc cref="OpenDescriptionAsync"/>
    public Task<ContentInfo> GetDescriptionInfoAsync(ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, Description, conditions, cancellation);
}

public sealed record HealthInfo(string Status, string Version);

/// <param name="Checks">What was asked, and <c>ok</c> or what it said.</param>
public sealed record ReadyInfo(string Status, IReadOnlyDictionary<string, JsonElement> Checks);
