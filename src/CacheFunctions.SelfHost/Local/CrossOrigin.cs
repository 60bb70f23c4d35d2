using CacheFunctions.Settings;

namespace CacheFunctions.SelfHost.Local;

/// <summary>The setting <c>Cors:Origins</c>: the browser origins allowed, separated by commas.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Exposed =
    [
        "ETag", "Location", "Content-Range", "Content-Disposition", "Repr-Digest", "Retry-After", "x-request-id",
        "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires",
    ];

    /// <exception cref="Errors.CacheException">An entry is not an origin.</exception>
    public static void Add(IServiceCollection services, SettingsReader read)
    {
        var origins = (read.Text("Cors:Origins") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var origin in origins)
        {
            if (origin == "*") continue;
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
                throw SettingsReader.Wrong("Cors:Origins", $"has '{origin}'; each must be * or like https://app.example.com, without a path.");
        }

        services.AddCors(options => options.AddDefaultPolicy(policy =>
            policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed)));
    }
}
