using System.Collections.Concurrent;
using System.Text.Json;
using CacheFunctions.Events;
using CacheFunctions.Events.Live;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Events;

/// <summary>Reads a stream beside the test.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly LiveStream _stream;
    private readonly Task _reading;

    private LiveReader(LiveStream stream)
    {
        _stream = stream;
        _reading = Task.Run(ReadAsync);
    }

    public ConcurrentQueue<LiveItem> Items { get; } = new();

    public IEnumerable<LiveMessage> Messages => Items.Select(item => item.Message).OfType<LiveMessage>();

    public IEnumerable<LiveMessage> Files => Messages.Where(message => message.Type != "cache_statistics_updated");

    public IEnumerable<string> Paths => Files.Select(Path);

    public static async Task<LiveReader> OpenAsync(LiveEvents events, string? after = null, Caller? caller = null, string? user = null, params EventType[] types) =>
        new(await events.OpenAsync(caller ?? Caller.Machine, types.Length == 0 ? null : types.ToHashSet(), user, after, "after", default));

    public static string Path(LiveMessage message) => Data(message).GetProperty("file_path").GetString()!;

    public static JsonElement Data(LiveMessage message) => JsonElement.Parse(message.Json.Span).GetProperty("data");

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _reading;
        _stream.Dispose();
        _ended.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _stream.ReadAsync(TimeSpan.FromSeconds(15), _ended.Token)) Items.Enqueue(item);
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }
}
