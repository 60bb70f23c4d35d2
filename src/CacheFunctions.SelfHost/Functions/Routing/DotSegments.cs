using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>
/// The web server resolves "." and ".." segments before it routes, also those spelt as escapes. So whoever stands in front and
/// decides by the address as it was sent would let through what it does not mean to; clients resolve them themselves.
/// </summary>
internal static class DotSegments
{
    /// <exception cref="CacheException">InvalidArgument: the address as it was sent has such a segment.</exception>
    public static void Refuse(HttpContext context)
    {
        if (context.Features[typeof(IHttpRequestFeature)] is not IHttpRequestFeature { RawTarget: { } target }) return;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target.AsSpan() : target.AsSpan(0, end);
        // Hardly ever there, so it costs next to nothing.
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase)) return;
        foreach (var segment in path.Split('/'))
            if (Uri.UnescapeDataString(path[segment].ToString()) is "." or "..")
                throw new CacheException(ErrorCode.InvalidArgument, "The address must have no '.' or '..' segments, escaped or not. Send it as it is after they are resolved.");
    }
}
