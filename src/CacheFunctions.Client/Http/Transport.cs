using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Polly;

namespace CacheFunctions.Client;

/// <summary>What every call shares: the key, repeating, the envelope, errors.</summary>
internal sealed class Transport(HttpClient http, CacheClientOptions options)
{
    private readonly ResiliencePipeline<HttpResponseMessage> _retries = Retries.Of(options);

    public HttpClient Client => http;

    public TimeProvider Time => options.Time;

    public TimeSpan MaxPause => options.MaxPause;

    public Task<T> GetAsync<T>(string address, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, address, null, cancellation);

    /// <param name="body">Sent as JSON; null: none.</param>
    public async Task<T> SendAsync<T>(HttpMethod method, string address, object? body, CancellationToken cancellation) =>
        (await AnswerAsync<T>(new Call(method, address) { Body = JsonBody(body) }, cancellation)).Data;

    public async Task<Answer<T>> AnswerAsync<T>(Call call, CancellationToken cancellation)
    {
        using var response = await SendAsync(call, cancellation);
        var envelope = await response.Content.ReadFromJsonAsync<Envelope<T>>(ClientJson.Options, cancellation)
            ?? throw new JsonException("The service answered null.");
        return new Answer<T>(envelope.Data, envelope.Timestamp, JobIdOf(response));
    }

    public static Func<HttpContent>? JsonBody(object? body)
    {
        if (body is null) return null;
        var json = JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), ClientJson.Options);
        return () => new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    public static string? JobIdOf(HttpResponseMessage response) => response.StatusCode != HttpStatusCode.Accepted ? null
        : response.Headers.Location?.OriginalString is { } location ? Uri.UnescapeDataString(location[(location.LastIndexOf('/') + 1)..]) : null;

    /// <returns>An answer that is a success, or 304; its content is still to be read.</returns>
    /// <exception cref="CacheApiException">Any other.</exception>
    public async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(Retries.CallKey, call);
        HttpResponseMessage response;
        try
        {
            response = await _retries.ExecuteAsync(
                static (each, state) => new ValueTask<HttpResponseMessage>(state.Transport.TryAsync(state.Call, each.CancellationToken)), context, (Transport: this, Call: call));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified) return response;
        using (response) throw await ErrorAsync(response, cancellation);
    }

    private async Task<HttpResponseMessage> TryAsync(Call call, CancellationToken cancellation)
    {
        using var request = call.ToRequest();
        if (!request.RequestUri!.IsAbsoluteUri)
        {
            if (options.Key is { } key) request.Headers.Add("x-functions-key", key);
            if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation));
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private async Task<CacheApiException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        ErrorEnvelope? error = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json" && response.Content.Headers.ContentLength != 0)
        {
            try
            {
                error = await response.Content.ReadFromJsonAsync<ErrorEnvelope>(ClientJson.Options, cancellation);
            }
            catch (JsonException)
            {
                // Not this service's, or cut off: the status has to do.
            }
        }

        return new CacheApiException(error?.Error ?? $"The service answered {(int)response.StatusCode} {response.ReasonPhrase}, and does not say why.")
        {
            Status = response.StatusCode,
            Code = error?.Code,
            Details = error?.Details ?? [],
            RetryAfter = Retries.RetryAfter(response, options.Time),
            RequestId = response.Headers.TryGetValues("x-request-id", out var ids) ? ids.First() : null,
            ETag = response.Headers.ETag?.ToString(),
        };
    }
}
