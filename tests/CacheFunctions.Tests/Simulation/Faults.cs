namespace CacheFunctions.Tests.Simulation;

/// <summary>How likely each call is to go wrong, from 0 to 1.</summary>
/// <param name="Fail">It fails before its effect; or after it; or its effect comes late; or twice.</param>
/// <param name="Slow">It takes minutes, alone or because its whole instance stands still.</param>
/// <param name="Die">Its instance dies before it, after it, or while it is under way.</param>
internal sealed record Faults(double Fail, double Slow = 0, double Die = 0)
{
    /// <summary>The longest that a call takes when nothing goes wrong.</summary>
    public TimeSpan Latency { get; init; }
}
