using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CacheFunctions.IntegrationTests;

/// <summary>Hands a request on to another server, and its answer back, both as streams.</summary>
internal static class Forwarding
{
    /// <param name="client">Whose base address is that server's.</param>
    public static async Task SendAsync(HttpContext context, HttpClient client)
    {
        var (asked, answered) = (context.Request, context.Response);
        // The path as it was sent: what is escaped in it may be signed.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(client.BaseAddress!, target));
        if (asked.ContentLength is not null || asked.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(asked.Body);
        foreach (var (name, values) in asked.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        answered.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers)) answered.Headers[name] = values.ToArray();
        answered.Headers.Remove("Transfer-Encoding");
        await answer.Content.CopyToAsync(answered.Body, context.RequestAborted);
    }
}
