using System.Collections.Concurrent;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Live;

/// <summary>
/// What one stream has not sent yet: bounded, and cut when it would grow beyond. Streams share their messages, so a hundred slow
/// readers take the memory of one. One writer, one reader.
/// </summary>
#pragma warning disable CA1001 // Its signal of being cut is not disposed of: that may be given while its reader leaves, and holds nothing.
internal sealed class LiveQueue
#pragma warning restore CA1001
{
    public const int MaxMessages = 1_000;
    public const int MaxBytes = 4 << 20;

    private readonly ConcurrentQueue<LiveMessage> _messages = new();
    private readonly Signal _news = new();
    private readonly CancellationTokenSource _cut = new();
    private long _bytes;
    private string? _passed;

    /// <summary>Cancelled when the reader was too slow.</summary>
    public CancellationToken Cut => _cut.Token;

    public int Count => _messages.Count;

    public StatisticsEventData? LastStatistics { get; set; }

    /// <returns>false: it was cut.</returns>
    public bool Offer(LiveMessage message)
    {
        if (_cut.IsCancellationRequested) return false;
        if (_messages.Count == MaxMessages || Interlocked.Read(ref _bytes) + message.Json.Length > MaxBytes)
        {
            CutOff();
            return false;
        }

        Interlocked.Add(ref _bytes, message.Json.Length);
        _messages.Enqueue(message);
        Pass(message.Cursor);
        _news.Tell();
        return true;
    }

    public void CutOff()
    {
        _cut.Cancel();
        _messages.Clear();
        _news.Tell();
    }

    /// <summary>Everything up to this cursor was offered, or is of no interest here.</summary>
    public void Pass(string cursor) => Volatile.Write(ref _passed, cursor);

    /// <summary>Waits for the next message.</summary>
    /// <returns>null: none came for so long, or it was cut; then the cursor is where one may go on, or null when it has not moved.</returns>
    public async Task<(LiveMessage? Message, string? Cursor)> NextAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var waited = Task.Delay(patience, time, quiet.Token);
        while (true)
        {
            var news = _news.Next;
            // Read before one looks: what was offered before it was written is seen now.
            var passed = Volatile.Read(ref _passed);
            if (_cut.IsCancellationRequested) return (null, null);
            if (_messages.TryDequeue(out var message))
            {
                Interlocked.Add(ref _bytes, -message.Json.Length);
                await quiet.CancelAsync();
                return (message, message.Cursor);
            }

            if (waited.IsCompleted)
            {
                cancellation.ThrowIfCancellationRequested();
                return (null, passed);
            }

            await Task.WhenAny(news, waited);
        }
    }
}
