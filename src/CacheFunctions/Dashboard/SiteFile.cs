using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Dashboard;

/// <summary>One of the dashboard's files, as it lies in the assembly. A browser keeps it, and asks each time whether it still is so.</summary>
internal sealed class SiteFile : IResult
{
    /// <summary>Nothing but this service's own files and answers, nothing inline, in nobody's frame.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // As the project file names them.
    private const string Prefix = "site/";

    private static readonly FrozenDictionary<string, SiteFile> All = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => new SiteFile(name), StringComparer.Ordinal);

    private readonly byte[] _bytes;
    private readonly string _type;
    private readonly EntityTagHeaderValue _tag;

    private SiteFile(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        _bytes = new byte[stream.Length];
        stream.ReadExactly(_bytes);
        _type = $"{ContentFacts.TypeOf(resource)}; charset=utf-8";
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(_bytes))}\"");
    }

    /// <exception cref="CacheException">NotFound.</exception>
    public static SiteFile Named(string name) =>
        All.GetValueOrDefault(name) ?? throw CacheException.NotFound("The dashboard has no such file. It begins at /dashboard.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var headers = response.Headers;
        headers.ETag = _tag.ToString();
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (request.GetTypedHeaders().IfNoneMatch.Any(asked => asked.Equals(EntityTagHeaderValue.Any) || asked.Compare(_tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = _type;
        response.ContentLength = _bytes.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(_bytes, httpContext.RequestAborted);
    }
}
