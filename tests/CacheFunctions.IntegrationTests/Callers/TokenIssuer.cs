using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CacheFunctions.IntegrationTests.Callers;

/// <summary>An issuer of bearer tokens on this machine, with the two documents that the service asks it for.</summary>
public sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "cache";

    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "k1" };

    private TokenIssuer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new TokenIssuer(app);
        var key = issuer._key.Rsa.ExportParameters(false);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(
            new { issuer = issuer.Address, jwks_uri = issuer.Address + "/keys" }));
        app.MapGet("/keys", () => Results.Json(new
        {
            keys = new[]
            {
                new { kty = "RSA", use = "sig", kid = "k1", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) },
            },
        }));
        await app.StartAsync();
        return issuer;
    }

    public string Token(
        string user, string? role = null, string audience = Audience, string? issuer = null, DateTime? expires = null, RsaSecurityKey? key = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = user };
        if (role is not null) claims["roles"] = role;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Address,
            Audience = audience,
            Claims = claims,
            NotBefore = DateTime.UnixEpoch,
            Expires = expires ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            SigningCredentials = new SigningCredentials(key ?? _key, SecurityAlgorithms.RsaSha256)
            {
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Rsa.Dispose();
    }
}
