using CacheFunctions.Timers;

namespace CacheFunctions.Tests.SelfHost.Timers;

/// <summary>What several processes would share about timers, in memory.</summary>
internal sealed class MemoryTimerState : ITimerState
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lead> _leads = [];
    private readonly Dictionary<string, TimerSchedule> _schedules = [];

    public TimerSchedule? this[string timer]
    {
        get
        {
            lock (_lock) return _schedules.GetValueOrDefault(timer);
        }

        set
        {
            lock (_lock) _schedules[timer] = value!;
        }
    }

    public Task<ITimerLead?> TryLeadAsync(string timer, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var free = !_leads.ContainsKey(timer);
            return Task.FromResult<ITimerLead?>(free ? _leads[timer] = new Lead(this, timer) : null);
        }
    }

    /// <summary>As when a process could not renew its lease: another may lead.</summary>
    public void TakeAway(string timer)
    {
        Lead lead;
        lock (_lock)
        {
            lead = _leads[timer];
            _leads.Remove(timer);
        }

        lead.Lose();
    }

    private sealed class Lead(MemoryTimerState state, string timer) : ITimerLead
    {
        private readonly CancellationTokenSource _lost = new();

        public CancellationToken Lost => _lost.Token;

        public void Lose() => _lost.Cancel();

        public Task<TimerSchedule?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(state[timer]);

        public Task WriteAsync(TimerSchedule schedule, CancellationToken cancellationToken)
        {
            lock (state._lock)
            {
                if (state._leads.GetValueOrDefault(timer) != this) throw new InvalidOperationException("Another process leads.");
                state._schedules[timer] = schedule;
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            lock (state._lock)
                if (state._leads.GetValueOrDefault(timer) == this) state._leads.Remove(timer);
            return ValueTask.CompletedTask;
        }
    }
}
