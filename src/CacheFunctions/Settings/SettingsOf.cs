using CacheFunctions.Callers;
using CacheFunctions.Catalogue;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Sessions;

namespace CacheFunctions.Settings;

/// <summary>Each feature's settings, checked.</summary>
internal static class SettingsOf
{
    public static SessionSettings Sessions(SettingsReader read)
    {
        var defaults = new SessionSettings();
        read.RequireKnown(
            "Sessions",
            nameof(SessionSettings.MaxInactivityMinutes),
            nameof(SessionSettings.LockTtlSeconds),
            nameof(SessionSettings.KeepVersions),
            nameof(SessionSettings.SyncAfterSeconds));
        return new SessionSettings
        {
            MaxInactivityMinutes = read.Number("Sessions:MaxInactivityMinutes", defaults.MaxInactivityMinutes, 1, 525_600),
            LockTtlSeconds = read.Number("Sessions:LockTtlSeconds", defaults.LockTtlSeconds, 5, 86_400),
            KeepVersions = read.Number("Sessions:KeepVersions", defaults.KeepVersions, 1, 10_000),
            SyncAfterSeconds = read.Number("Sessions:SyncAfterSeconds", defaults.SyncAfterSeconds, 0, 86_400),
        };
    }

    public static CatalogueSettings Catalogue(SettingsReader read)
    {
        var defaults = new CatalogueSettings();
        read.RequireKnown(
            "Cache",
            nameof(CatalogueSettings.MaxBytes),
            nameof(CatalogueSettings.EvictionPolicy),
            nameof(CatalogueSettings.TtlSeconds),
            nameof(CatalogueSettings.CopyMode),
            nameof(CatalogueSettings.RevalidateAfter),
            nameof(CatalogueSettings.ServeStaleOnError),
            "Store",
            "Directory",
            "LinkTarget");
        return new CatalogueSettings
        {
            MaxBytes = read.Number("Cache:MaxBytes", defaults.MaxBytes, 1L << 20, 1L << 50),
            EvictionPolicy = read.Choice("Cache:EvictionPolicy", defaults.EvictionPolicy, StoredPolicies.Names),
            TtlSeconds = read.Number("Cache:TtlSeconds", defaults.TtlSeconds, 0, 315_360_000),
            CopyMode = read.Flag("Cache:CopyMode", defaults.CopyMode),
            RevalidateAfter = read.Duration("Cache:RevalidateAfter", defaults.RevalidateAfter, TimeSpan.Zero, TimeSpan.FromDays(1)),
            ServeStaleOnError = read.Flag("Cache:ServeStaleOnError", defaults.ServeStaleOnError),
        };
    }

    public static AuthSettings Auth(SettingsReader read)
    {
        read.RequireKnown(
            "Auth",
            nameof(AuthSettings.TrustPlatformPrincipal),
            nameof(AuthSettings.Authority),
            nameof(AuthSettings.Audience),
            nameof(AuthSettings.AdminRole));
        var settings = new AuthSettings
        {
            TrustPlatformPrincipal = read.Flag("Auth:TrustPlatformPrincipal", false),
            Authority = read.Address("Auth:Authority"),
            Audience = read.Text("Auth:Audience"),
            AdminRole = read.Text("Auth:AdminRole") ?? "admin",
        };
        if (settings.Authority is { } authority)
        {
            if (settings.Audience is null)
                throw SettingsReader.Wrong("Auth:Audience", "is missing; with Auth:Authority it says for whom tokens must be issued.");
            if (authority.Scheme != "https" && !authority.IsLoopback)
                throw SettingsReader.Wrong("Auth:Authority", "must be an https address.");
        }

        return settings;
    }
}
