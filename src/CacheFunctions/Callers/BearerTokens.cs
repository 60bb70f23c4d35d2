using CacheFunctions.Errors;
using CacheFunctions.Security;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace CacheFunctions.Callers;

/// <summary>Checks bearer tokens against the issuer's published keys, which are fetched once and renewed when a new key appears.</summary>
public sealed class BearerTokens
{
    // By how much clocks may differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly AuthSettings _settings;
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _issuer;
    private readonly JsonWebTokenHandler _handler = new();

    /// <param name="authority">Who issues them.</param>
    public BearerTokens(AuthSettings settings, Uri authority)
    {
        _settings = settings;
        var address = authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
        // Plain http only where nobody can listen in: an issuer on this machine, as in tests.
        var documents = new HttpDocumentRetriever { RequireHttps = !authority.IsLoopback };
        _issuer = new ConfigurationManager<OpenIdConnectConfiguration>(address, new OpenIdConnectConfigurationRetriever(), documents);
    }

    /// <exception cref="CacheException">Unauthenticated: the token does not hold; Unavailable: the issuer does not answer.</exception>
    public async Task<Identity> ReadAsync(string token, CancellationToken cancellation)
    {
        var result = _handler.ValidateToken(token, await ParametersAsync(cancellation));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            _issuer.RequestRefresh();
            result = _handler.ValidateToken(token, await ParametersAsync(cancellation));
        }

        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid)
            throw new CacheException(ErrorCode.Unauthenticated, $"The bearer token was refused: {Reason(result.Exception)}.");
        var id = Claim(valid, "oid") ?? Claim(valid, "sub")
            ?? throw new CacheException(ErrorCode.Unauthenticated, "The bearer token names no user (oid or sub).");
        var caller = new Caller(id, valid.Claims.Any(claim => claim.Type is "roles" or "role" && claim.Value == _settings.AdminRole));
        return new Identity(caller, new DateTimeOffset(valid.ValidTo, TimeSpan.Zero) + Skew);
    }

    private static string? Claim(JsonWebToken token, string type) =>
        token.Claims.FirstOrDefault(claim => claim.Type == type)?.Value is { Length: > 0 } value ? value : null;

    private async Task<TokenValidationParameters> ParametersAsync(CancellationToken cancellation)
    {
        try
        {
            var issuer = await _issuer.GetConfigurationAsync(cancellation);
            return new TokenValidationParameters
            {
                ValidIssuer = issuer.Issuer,
                ValidAudience = _settings.Audience,
                IssuerSigningKeys = issuer.SigningKeys,
                // The library's cache goes by the key's name alone, so a new key under an old name would not count.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                ClockSkew = Skew,
            };
        }
        catch (InvalidOperationException error)
        {
            throw CacheException.Unavailable("The issuer of bearer tokens (Auth:Authority) does not answer. Try again.", error);
        }
    }

    private static string Reason(Exception? error) => error switch
    {
        SecurityTokenExpiredException => "it has expired",
        SecurityTokenNotYetValidException => "it is not valid yet",
        SecurityTokenInvalidAudienceException => "it was issued for another audience",
        SecurityTokenInvalidIssuerException => "it was issued by somebody else",
        _ => "it is malformed or its signature does not hold",
    };
}
