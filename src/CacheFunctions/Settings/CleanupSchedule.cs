using System.Globalization;

namespace CacheFunctions.Settings;

/// <summary>The schedule of <c>Schedules:Cleanup</c> where only DISK_CACHE_CLEANUP_INTERVAL is set.</summary>
public static class CleanupSchedule
{
    /// <param name="intervalSeconds">60 to 86,400.</param>
    /// <returns>A cron expression where the interval divides an hour or a day in whole minutes; else a time span.</returns>
    public static string Of(int intervalSeconds)
    {
        var (minutes, rest) = Math.DivRem(intervalSeconds, 60);
        return rest != 0 ? Span()
            : minutes < 60 && 60 % minutes == 0 ? $"0 */{minutes.ToString(CultureInfo.InvariantCulture)} * * * *"
            : minutes % 60 == 0 && minutes < 1440 && 1440 % minutes == 0 ? $"0 0 */{(minutes / 60).ToString(CultureInfo.InvariantCulture)} * * *"
            : minutes == 1440 ? "0 0 0 * * *"
            : Span();

        string Span() => TimeSpan.FromSeconds(intervalSeconds).ToString("c", CultureInfo.InvariantCulture);
    }

    /// <summary>As the settings say.</summary>
    /// <exception cref="Errors.CacheException">A setting is wrong.</exception>
    public static string Of(SettingsReader read) => Of(SettingsOf.Directories(read).CleanupInterval);
}
