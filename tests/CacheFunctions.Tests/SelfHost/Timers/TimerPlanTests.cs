using System.Globalization;
using System.Reflection;
using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.SelfHost.Functions.Timers;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Tests.SelfHost.Timers;

public class TimerPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 10, 20, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01T10:25:00Z")]
    [InlineData("0 30 3 * * *", "2026-01-02T03:30:00Z")]
    [InlineData("*/5 * * * *", "2026-01-01T10:25:00Z")]
    [InlineData("01:30:00", "2026-01-01T11:50:30Z")]
    [InlineData("%Schedules:Cleanup%", "2026-01-01T11:00:00Z")]
    public void Next_when_read_from_each_form_then_is_in_utc(string schedule, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), Plan(schedule).Next(Now));

    [Theory]
    [InlineData("0 * * * * *", true)]
    [InlineData("*/30 * * * * *", false)]
    [InlineData("0,30 0 * * * *", false)]
    [InlineData("00:01:00", true)]
    [InlineData("00:00:59", false)]
    [InlineData("0 0 0 30 2 *", true)]
    public void Monitored_when_runs_are_less_than_a_minute_apart_then_not(string schedule, bool monitored) =>
        Assert.Equal(monitored, Plan(schedule).IsMonitored(Now));

    [Theory]
    [InlineData("%Schedules:None%", "Schedules:None")]
    [InlineData("%Schedules:Wrong%", "Schedules:Wrong")]
    [InlineData("every day", "the schedule of T")]
    [InlineData("-00:01:00", "the schedule of T")]
    [InlineData("0 99 * * * *", "the schedule of T")]
    public void Of_when_missing_or_wrong_then_names_the_setting(string schedule, string named) =>
        Assert.StartsWith(named + ": ", Assert.Throws<CacheException>(() => Plan(schedule)).Message, StringComparison.Ordinal);

    private static TimerPlan Plan(string schedule)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Schedules:Cleanup"] = "0 0 * * * *", ["Schedules:Wrong"] = "soon" }).Build();
        return TimerPlan.Of(new TimerFunction("T", schedule, false, true, (MethodInfo)MethodBase.GetCurrentMethod()!), configuration);
    }
}
