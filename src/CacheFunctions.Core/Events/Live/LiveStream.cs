using System.Runtime.CompilerServices;
using CacheFunctions.Operations;

namespace CacheFunctions.Events.Live;

/// <summary>One reader's events: first those of the log that it has missed, then those that come.</summary>
public sealed class LiveStream : IDisposable
{
    // So that a reader whom hardly anything concerns is heard of, and told how far it is.
    private const int PassedBeforeTold = 2_000;

    private readonly LiveEvents _events;
    private readonly LogPosition _position;
    private readonly bool _isResumed;
    private readonly TimeProvider _time;

    internal LiveStream(LiveEvents events, LiveFilter filter, LogPosition position, bool isResumed, TimeProvider time)
    {
        (_events, Filter, _position, _isResumed, _time) = (events, filter, position, isResumed, time);
        Cursor = position.ToString();
    }

    internal LiveFilter Filter { get; }

    internal LiveQueue Queue { get; } = new();

    /// <summary>Where to go on after what was read last.</summary>
    public string Cursor { get; private set; }

    /// <summary>Cancelled when the reader was too slow: what is still being sent to it should end soon.</summary>
    public CancellationToken Cut => Queue.Cut;

    /// <summary>Whether another event waits already.</summary>
    public bool HasMore => Queue.Count > 0;

    /// <summary>Reads until it is cancelled, or cut. To be called once.</summary>
    /// <param name="patience">After how long without an event the reader is told that there is none.</param>
    public async IAsyncEnumerable<LiveItem> ReadAsync(TimeSpan patience, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_isResumed)
            await foreach (var item in CatchUpAsync(cancellation)) yield return item;
        while (true)
        {
            var (message, cursor) = await Queue.NextAsync(patience, _time, cancellation);
            if (Cut.IsCancellationRequested)
            {
                yield return new LiveItem(Cursor, null, IsCut: true);
                yield break;
            }

            Cursor = cursor ?? Cursor;
            yield return new LiveItem(Cursor, message);
        }
    }

    public void Dispose() => _events.Close(this);

    /// <summary>Reads the log up to where the instance's tail is; only the last stretch while events gather behind it.</summary>
    private async IAsyncEnumerable<LiveItem> CatchUpAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var hasJoined = false; !hasJoined;)
        {
            (hasJoined, var upTo) = await _events.JoinAsync(this, _position, cancellation);
            var passed = 0;
            await foreach (var operation in _events.MissedAsync(_position.Copy(), upTo, cancellation))
            {
                _position.Advance(operation.Shard, operation.Sequence);
                var file = FileEvent.Of(operation);
                var isTold = file is not null && Filter.Fits(file);
                if (!isTold && ++passed < PassedBeforeTold) continue;
                passed = 0;
                Cursor = _position.ToString();
                yield return new LiveItem(Cursor, isTold ? LiveMessage.Of(Cursor, file!.Type, file.Data, operation.Timestamp) : null);
            }

            Cursor = _position.ToString();
        }
    }
}
