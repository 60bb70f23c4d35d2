using System.Net;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>Where callers reach this service, which is not where it listens if something stands in front: the Functions host, a proxy that ends TLS.</summary>
internal static class ServiceAddress
{
    /// <summary>
    /// As the caller wrote it. What stands in front says so by <c>X-Forwarded-Host</c> and <c>X-Forwarded-Proto</c>, of several the first. Whoever sends
    /// these headers himself deceives nobody else, so they are believed from everybody: use it for nothing but to tell the caller.
    /// </summary>
    public static Uri Of(HttpRequest request)
    {
        var scheme = First(request, "X-Forwarded-Proto") is { } forwarded && forwarded is "http" or "https" ? forwarded : request.Scheme;
        return First(request, "X-Forwarded-Host") is { } host && TryMake(scheme, host) is { } address ? address : new Uri($"{scheme}://{Host(request)}");
    }

    // HTTP/1.0 knows no Host.
    private static string Host(HttpRequest request) => request.Host.HasValue
        ? request.Host.ToUriComponent()
        : $"{new IPEndPoint(request.HttpContext.Connection.LocalIpAddress ?? IPAddress.Loopback, request.HttpContext.Connection.LocalPort)}";

    private static string? First(HttpRequest request, string header) =>
        request.Headers[header] is [{ } value, ..] ? value.Split(',')[0].Trim().ToLowerInvariant() : null;

    private static Uri? TryMake(string scheme, string host) =>
        Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var address) && address is { PathAndQuery: "/", UserInfo: "", Fragment: "" } ? address : null;
}
