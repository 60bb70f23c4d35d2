using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Callers;

/// <summary>The user as App Service authentication tells it: base64 of a JSON object with claims.</summary>
internal static class PlatformPrincipal
{
    private static readonly string[] IdTypes =
    [
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        "oid",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
        "sub",
    ];

    /// <returns>null: nobody is signed in.</returns>
    public static Caller? Read(IHeaderDictionary headers, string adminRole)
    {
        var header = headers["X-MS-CLIENT-PRINCIPAL"].ToString();
        if (header.Length == 0) return null;
        Principal? principal;
        try
        {
            principal = JsonSerializer.Deserialize<Principal>(Convert.FromBase64String(header), JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            principal = null;
        }

        var claims = principal?.Claims?.Where(claim => claim.Typ is not null && claim.Val is not null).ToList() ?? [];
        var id = IdTypes.Select(type => claims.Find(claim => claim.Typ == type)?.Val).FirstOrDefault(value => value is not null);
        if (string.IsNullOrEmpty(id))
            throw new CacheException(ErrorCode.Unauthenticated, "X-MS-CLIENT-PRINCIPAL: does not name a user.");
        var roleType = principal?.RoleTyp ?? "roles";
        return new Caller(id, claims.Exists(claim => claim.Typ == roleType && claim.Val == adminRole));
    }

    private sealed record Principal(
        [property: System.Text.Json.Serialization.JsonPropertyName("role_typ")] string? RoleTyp, IReadOnlyList<Claim>? Claims);

    private sealed record Claim(string? Typ, string? Val);
}
