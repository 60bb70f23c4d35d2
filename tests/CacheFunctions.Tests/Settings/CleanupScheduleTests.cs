using CacheFunctions.Settings;

namespace CacheFunctions.Tests.Settings;

public sealed class CleanupScheduleTests
{
    [Theory]
    [InlineData(60, "0 */1 * * * *")]
    [InlineData(900, "0 */15 * * * *")]
    [InlineData(3_600, "0 0 */1 * * *")]
    [InlineData(21_600, "0 0 */6 * * *")]
    [InlineData(86_400, "0 0 0 * * *")]
    [InlineData(90, "00:01:30")]
    [InlineData(420, "00:07:00")]
    [InlineData(5_400, "01:30:00")]
    public void The_schedule_follows_the_interval(int seconds, string expected) => Assert.Equal(expected, CleanupSchedule.Of(seconds));
}
