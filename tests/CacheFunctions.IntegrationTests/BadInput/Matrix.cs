using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CacheFunctions.IntegrationTests.OpenApi;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Sends every attack on every endpoint, several at once, and gathers what was wrong with the answers or changed by what was refused.</summary>
internal sealed class Matrix(World world)
{
    private const int AtOnce = 6;

    private readonly AnswerCheck _check = new(world.Secrets);
    private readonly Seen _seen = new(world.Interface);
    private int _requests;

    public int Requests => _requests;

    /// <summary>How long it took to read what could have been changed.</summary>
    public TimeSpan Comparing { get; private set; }

    public ConcurrentQueue<Problem> Problems { get; } = [];

    /// <param name="attacks">Those of one endpoint together.</param>
    public async Task RunAsync(IReadOnlyList<Attack> attacks)
    {
        var all = new List<IGrouping<Endpoint, Attack>>();
        foreach (var on in attacks.GroupBy(attack => attack.Endpoint))
            if (await IsRightAcceptedAsync(on.Key)) all.Add(on);

        // First what changes nothing, as long as there is little that could have changed: each endpoint ends with what the next one begins with.
        foreach (var scene in all.Select(on => on.Key.Scene).Distinct()) await world.HaveStagesAsync(scene, AtOnce);
        var before = await StateAsync();
        foreach (var on in all) before = await SendWhatChangesNothingAsync(on.Key, [.. on.Where(attack => attack.ChangesNothing)], before);
        // Then those that may have changed little until then, and those with much to go over, before the others.
        foreach (var on in all.OrderByDescending(on => on.Key.GoesOverAll).ThenBy(on => on.Count(attack => !attack.ChangesNothing)))
        {
            // What was accepted has changed something, and should. So what was refused is sent once more, alone.
            await FindChangeAsync(await SendAllAsync([.. on.Where(attack => !attack.ChangesNothing)]));
        }
    }

    /// <returns>What the state is then.</returns>
    private async Task<IReadOnlySet<string>> SendWhatChangesNothingAsync(Endpoint endpoint, IReadOnlyList<Attack> attacks, IReadOnlySet<string> before)
    {
        var refused = await SendAllAsync(attacks);
        var after = await StateAsync();
        if (State.Difference(before, after) is not { Count: > 0 } changes) return after;
        if (!endpoint.OnlyReads)
        {
            await FindChangeAsync(refused);
            return await StateAsync();
        }

        Problems.Enqueue(new Problem($"{endpoint.Name} only reads, but something changed", string.Join('\n', changes.Take(5))));
        return after;
    }

    /// <returns>What was refused.</returns>
    private async Task<Attack[]> SendAllAsync(IReadOnlyList<Attack> attacks)
    {
        var refused = new ConcurrentBag<Attack>();
        await ForEachAsync(attacks, IsRefused, async (attack, stage) =>
        {
            var (answer, request) = await SendAsync(attack.Draft(stage));
            if (IsRefused(attack, answer)) refused.Add(attack);
            foreach (var problem in _check.Problems(answer, attack.Endpoint.Verb, attack.Hazard, attack.Names, request)) Tell(attack, stage, problem, answer);
            if (!attack.MayBeAnotherCall && _seen.Note(attack.Endpoint, request, answer) is { } undescribed) Tell(attack, stage, undescribed, answer);
            return answer;
        });
        return [.. refused];
    }

    // Who hangs up on a request that may be right does not say whether it was done.
    private static bool IsRefused(Attack attack, Answer? answer) => answer is null ? attack.Hazard.IsWrong : answer.Status >= 400;

    private static string Printable(string text) => string.Concat(text.Select(c => c is '\n' or >= ' ' and <= '~' ? $"{c}" : $"\\x{(int)c:x2}"));

    private async Task<bool> IsRightAcceptedAsync(Endpoint endpoint)
    {
        var stage = await world.TakeStageAsync(endpoint.Scene);
        var (answer, request) = await SendAsync(endpoint.Draft(stage));
        if (endpoint.OnlyReads) world.GiveBack(stage);
        if (answer is { Status: >= 200 and < 300 })
        {
            if (_seen.Note(endpoint, request, answer) is { } undescribed) Problems.Enqueue(new Problem($"{endpoint.Name}: {undescribed}", $"{Printable(request)}\n{answer}"));
            return true;
        }

        Problems.Enqueue(new Problem($"{endpoint.Name}: the request that is right in everything was refused", $"{Printable(request)}\n{answer}"));
        return false;
    }

    /// <summary>Halves what is sent until it is one request that changes something.</summary>
    private async Task FindChangeAsync(Attack[] attacks)
    {
        if (attacks.Length == 0) return;
        await world.HaveStagesAsync(attacks[0].Endpoint.Scene, AtOnce);
        var before = await StateAsync();
        // Refused before, it may be cut off before its answer is read now: whether it did anything is seen below.
        await ForEachAsync(attacks, (_, answer) => answer is null or { Status: >= 400 }, async (attack, stage) =>
        {
            var (answer, _) = await SendAsync(attack.Draft(stage));
            if (answer is { Status: < 400 }) Tell(attack, stage, "refused at first, it was accepted when it was repeated", answer);
            return answer;
        });
        if (State.Difference(before, await StateAsync()) is not { Count: > 0 } changes) return;
        if (attacks.Length == 1) Tell(attacks[0], await world.TakeStageAsync(attacks[0].Endpoint.Scene), $"it was refused, but changed something:\n{string.Join('\n', changes.Take(10))}", null);
        else foreach (var half in attacks.Chunk((attacks.Length + 1) / 2)) await FindChangeAsync(half);
    }

    /// <param name="isRefused">Whether the stage is as it was.</param>
    private async Task ForEachAsync(IReadOnlyList<Attack> attacks, Func<Attack, Answer?, bool> isRefused, Func<Attack, Stage, Task<Answer?>> send) =>
        await Parallel.ForEachAsync(attacks, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (attack, _) =>
        {
            var stage = await world.TakeStageAsync(attack.Endpoint.Scene);
            try
            {
                var answer = await send(attack, stage);
                if (attack.Endpoint.OnlyReads || isRefused(attack, answer)) world.GiveBack(stage);
            }
            catch (OperationCanceledException)
            {
                Tell(attack, stage, "there was no end of the answer", null);
            }
        });

    private async Task<(Answer? Answer, string Request)> SendAsync(Draft draft)
    {
        Interlocked.Increment(ref _requests);
        var bytes = draft.ToBytes();
        return (await RawClient.SendAsync(world.Address, bytes, draft.IsCutOff), Encoding.Latin1.GetString(bytes));
    }

    private void Tell(Attack attack, Stage stage, string problem, Answer? answer)
    {
        var draft = attack.Draft(stage);
        var request = Printable(Encoding.Latin1.GetString(draft.ToBytes()));
        if (request.Length > 3_000) request = $"{request[..1_500]}… ({request.Length} characters) …{request[^500..]}";
        Problems.Enqueue(new Problem($"{attack}: {problem}", $"Sent{(draft.IsCutOff ? ", then the sending side closed" : "")}:\n{request}\nAnswered:\n{answer}"));
    }

    private async Task<IReadOnlySet<string>> StateAsync()
    {
        await world.IdleAsync();
        var start = Stopwatch.GetTimestamp();
        var state = await world.State.ReadAsync();
        Comparing += Stopwatch.GetElapsedTime(start);
        return state;
    }
}

/// <param name="Details">The request, to be sent again, and its answer.</param>
internal sealed record Problem(string What, string Details);
