using System.Globalization;
using NCrontab;

namespace CacheFunctions.Settings;

/// <summary>Reads schedules as the Functions host does: six cron fields (five: without seconds), or a time span.</summary>
public static class ScheduleReader
{
    /// <returns>null: it is none.</returns>
    public static Schedule? Read(string expression)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is 5 or 6)
        {
            var cron = CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 });
            return cron is null ? null : new Schedule(expression, IsInterval: false, after => NextOf(cron, after));
        }

        return TimeSpan.TryParse(expression, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero
            ? new Schedule(expression, IsInterval: true, after => after < DateTimeOffset.MaxValue - interval ? after + interval : DateTimeOffset.MaxValue)
            : null;
    }

    private static DateTimeOffset NextOf(CrontabSchedule cron, DateTimeOffset after)
    {
        var next = cron.GetNextOccurrence(after.UtcDateTime);
        return next == DateTime.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(next, TimeSpan.Zero);
    }
}
