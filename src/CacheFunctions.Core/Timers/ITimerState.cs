namespace CacheFunctions.Timers;

/// <summary>What the processes of one app share about its timers: who runs each, and what ran when.</summary>
public interface ITimerState
{
    /// <returns>The lead of this timer, held until it is disposed or lost; null: another process leads.</returns>
    Task<ITimerLead?> TryLeadAsync(string timer, CancellationToken cancellationToken);
}
