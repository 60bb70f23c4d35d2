using CacheFunctions.Callers;
using CacheFunctions.Catalogue;
using CacheFunctions.Content.Hot;
using CacheFunctions.Directories;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Files;
using CacheFunctions.Http.Limits;
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

    public static LimitSettings Limits(SettingsReader read)
    {
        var defaults = new LimitSettings();
        read.RequireKnown("Limits", nameof(LimitSettings.Light), nameof(LimitSettings.Content), nameof(LimitSettings.Heavy));
        const int most = 100_000;
        return new LimitSettings
        {
            Light = read.Number("Limits:Light", defaults.Light, 1, most),
            Content = read.Number("Limits:Content", defaults.Content, 1, most),
            Heavy = read.Number("Limits:Heavy", defaults.Heavy, 1, most),
        };
    }

    public static HotSettings Hot(SettingsReader read)
    {
        var defaults = new HotSettings();
        read.RequireKnown("Tier", nameof(HotSettings.MemoryBytes), nameof(HotSettings.DiskBytes), nameof(HotSettings.Directory));
        return new HotSettings
        {
            MemoryBytes = read.Number("Tier:MemoryBytes", defaults.MemoryBytes, 0, 1L << 40),
            DiskBytes = read.Number("Tier:DiskBytes", defaults.DiskBytes, 0, 1L << 50),
            Directory = read.Text("Tier:Directory"),
        };
    }

    public static FileSettings Files(SettingsReader read)
    {
        var defaults = new FileSettings();
        read.RequireKnown("Files", nameof(FileSettings.FreshFor), nameof(FileSettings.Retention), nameof(FileSettings.ListRetention));
        var longest = TimeSpan.FromDays(1);
        return new FileSettings
        {
            FreshFor = read.Duration("Files:FreshFor", defaults.FreshFor, TimeSpan.Zero, longest),
            Retention = read.Duration("Files:Retention", defaults.Retention, TimeSpan.Zero, longest),
            ListRetention = read.Duration("Files:ListRetention", defaults.ListRetention, TimeSpan.Zero, longest),
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

    public static DirectorySettings Directories(SettingsReader read)
    {
        var defaults = new DirectorySettings();
        read.RequireKnown("DiskCache", "Enabled", "TtlSeconds", "MaxBytes", "CleanupInterval", "LruEvictionThreshold", "EvictionPolicy");
        var interval = read.Number(Name("DISK_CACHE_CLEANUP_INTERVAL", "CleanupInterval"), defaults.CleanupInterval, 60, 86_400);
        return new DirectorySettings
        {
            Enabled = read.Flag(Name("ENABLE_DISK_CACHE_MANAGEMENT", "Enabled"), defaults.Enabled),
            TtlSeconds = read.Number(Name("DISK_CACHE_TTL_SECONDS", "TtlSeconds"), defaults.TtlSeconds, 1, 315_360_000),
            MaxBytes = read.Number(Name("DISK_CACHE_MAX_BYTES", "MaxBytes"), defaults.MaxBytes, 1L << 20, 1L << 50),
            CleanupInterval = interval,
            Schedule = ScheduleReader.Read(read.Text("Schedules:Cleanup") ?? CleanupSchedule.Of(interval)),
            EvictionThreshold = read.Fraction(Name("DISK_CACHE_LRU_EVICTION_THRESHOLD", "LruEvictionThreshold"), defaults.EvictionThreshold, 0.2, 1),
            EvictionPolicy = read.Choice(Name("DISK_CACHE_EVICTION_POLICY", "EvictionPolicy"), defaults.EvictionPolicy, StoredPolicies.Names),
        };

        // The document's own name, or this service's; not both, which could differ.
        string Name(string documented, string own)
        {
            if (read.Text($"DiskCache:{own}") is null) return documented;
            if (read.Text(documented) is not null) throw SettingsReader.Wrong(documented, $"is set, and DiskCache:{own} too. Set one of them.");
            return $"DiskCache:{own}";
        }
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
