using CacheFunctions.Errors;
using CacheFunctions.Security;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Callers;

/// <summary>
/// Says who calls: the platform's principal where the settings say that the platform is in front, a bearer token
/// where an issuer is set, else a machine (whose key the host has checked).
/// </summary>
public sealed class CallerResolver(AuthSettings settings)
{
    private static readonly Identity Machine = new(Caller.Machine);

    // What checks them is large, and not even loaded where nobody issues any.
    private readonly BearerTokens? _tokens = settings.Authority is { } authority ? new BearerTokens(settings, authority) : null;

    /// <exception cref="CacheException">Unauthenticated: there is a proof of identity, but it does not hold.</exception>
    public ValueTask<Identity> ResolveAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (settings.TrustPlatformPrincipal && PlatformPrincipal.Read(request.Headers, settings.AdminRole) is { } principal)
            // The platform renews what it lets in; its principal tells of the first sign-in only.
            return new(new Identity(principal));

        var authorization = request.Headers.Authorization.ToString();
        if (_tokens is null || authorization.Length == 0) return new(Machine);
        const string scheme = "Bearer ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            throw new CacheException(ErrorCode.Unauthenticated, "Authorization: must be a bearer token.");
        return new(_tokens.ReadAsync(authorization[scheme.Length..].Trim(), cancellation));
    }
}
