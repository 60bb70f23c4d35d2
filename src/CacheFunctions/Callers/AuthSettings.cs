namespace CacheFunctions.Callers;

/// <summary>Settings under <c>Auth:</c>.</summary>
public sealed record AuthSettings
{
    /// <summary>
    /// Believe the <c>X-MS-CLIENT-PRINCIPAL</c> headers. Only where App Service authentication stands in front, which
    /// removes what a caller sends under these names.
    /// </summary>
    public bool TrustPlatformPrincipal { get; init; }

    /// <summary>The issuer of bearer tokens, an address below which its OpenID configuration lies; null: no tokens.</summary>
    public Uri? Authority { get; init; }

    /// <summary>For whom tokens must have been issued.</summary>
    public string? Audience { get; init; }

    /// <summary>The role that makes an admin.</summary>
    public string AdminRole { get; init; } = "admin";
}
