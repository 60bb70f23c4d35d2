using CacheFunctions.Errors;
using CacheFunctions.Settings;

namespace CacheFunctions.SelfHost.Functions.Timers;

/// <summary>When a timer is due, in UTC: a cron expression of six fields (five: without seconds) or a time span.</summary>
/// <param name="Expression">As written, with a setting's value in place of its name.</param>
/// <param name="Next">The first instant after the one given.</param>
internal sealed record TimerPlan(string Expression, Func<DateTimeOffset, DateTimeOffset> Next)
{
    private static readonly TimeSpan ShortestMonitored = TimeSpan.FromMinutes(1);

    /// <exception cref="CacheException">The setting is missing, or the schedule cannot be read.</exception>
    public static TimerPlan Of(TimerFunction timer, IConfiguration configuration)
    {
        var (expression, setting) = (timer.Schedule.Trim(), "the schedule of " + timer.Name);
        if (expression is ['%', .. { Length: > 0 } name, '%'])
        {
            setting = name;
            expression = configuration[name]?.Trim() is { Length: > 0 } value
                ? value
                : throw CacheException.Invalid(name, $"is missing; function {timer.Name} runs by it. Set it to a schedule such as '0 */5 * * * *'");
        }

        return ScheduleReader.Read(expression) is { } schedule ? new TimerPlan(expression, schedule.Next) : throw CacheException.Invalid(
            setting, $"'{expression}' is not a schedule; allowed are six cron fields (seconds first), five, or a time span such as 00:05:00");
    }

    /// <summary>Whether no two runs are less than a minute apart: only then is a missed one made up for.</summary>
    public bool IsMonitored(DateTimeOffset now)
    {
        const int looked = 10;
        for (var i = 0; i < looked; i++)
        {
            var first = Next(now);
            now = Next(first);
            if (now - first < ShortestMonitored && first != DateTimeOffset.MaxValue) return false;
        }

        return true;
    }
}
