using System.Collections.Concurrent;
using System.Text;
using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.SelfHost;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>Sends requests that are right but for what provokes an answer, and keeps what came.</summary>
internal sealed class Provocation(Interface described)
{
    private readonly Seen _seen = new(described);
    private readonly ConcurrentDictionary<(string Operation, int Status), string> _instead = [];
    private int _requests;

    public int Requests => _requests;

    public ConcurrentQueue<string> Problems { get; } = [];

    /// <summary>What never came, with what came instead where it was asked for.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. from missing in _seen.Missing
           let at = missing.LastIndexOf(": ", StringComparison.Ordinal)
           let key = (missing[..at], int.Parse(missing[(at + 2)..], System.Globalization.CultureInfo.InvariantCulture))
           select _instead.TryGetValue(key, out var came) ? $"{missing}, but {came}" : missing,
    ];

    public static Endpoint Of(string function, string? verb = null) =>
        Endpoint.All.Single(each => each.Function.Name == function && (verb is null || each.Verb == verb));

    /// <param name="change">Makes of the right request the one that is sent.</param>
    public Task<Answer> SendAsync(LocalService service, int expected, string function, Stage stage, Action<Draft>? change = null) =>
        SendAsync(service, expected, Of(function), stage, change);

    /// <inheritdoc cref="SendAsync(LocalService, int, string, Stage, Action{Draft}?)"/>
    public Task<Answer> SendAsync(LocalService service, int expected, Endpoint endpoint, Stage stage, Action<Draft>? change = null)
    {
        var draft = endpoint.Draft(stage);
        change?.Invoke(draft);
        return SendAsync(service, expected, endpoint, draft);
    }

    public async Task<Answer> SendAsync(LocalService service, int expected, Endpoint endpoint, Draft draft)
    {
        Interlocked.Increment(ref _requests);
        var bytes = draft.ToBytes();
        var answer = await RawClient.SendAsync(service.Address, bytes, draft.IsCutOff)
            ?? throw new InvalidOperationException($"{endpoint.Name}: the service hung up instead of answering {expected}.");
        if (_seen.Note(endpoint, Encoding.Latin1.GetString(bytes), answer) is { } problem) Problems.Enqueue($"{endpoint.Name}, asked for {expected}: {problem}\n{answer}");
        if (answer.Status != expected) _instead[(endpoint.Described, expected)] = $"{answer.Status} {answer.Body}";
        return answer;
    }
}
