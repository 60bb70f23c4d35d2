using System.Reflection;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>A function that runs on a schedule.</summary>
/// <param name="Schedule">As in the attribute: a cron expression, a time span, or the name of a setting between percent signs.</param>
/// <param name="UseMonitor">Whether a run that was missed is made up for.</param>
public sealed record TimerFunction(string Name, string Schedule, bool RunOnStartup, bool UseMonitor, MethodInfo Method);
