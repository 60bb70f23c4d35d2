using CacheFunctions.Errors;
using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Rules;

namespace CacheFunctions.Tests.Simulation.Sessions.Work;

/// <summary>People at work: each does one thing after another, on any instance, and believes what it is told.</summary>
internal sealed partial class Users(SimulatedService service, IReadOnlyList<string> paths)
{
    private readonly SimulatedWorld _world = service.World;
    private readonly Verdict _verdict = service.Verdict;
    private readonly Strangers _strangers = new(service.Disk, service.World);

    public List<KnownSession> Sessions { get; } = [];

    /// <summary>All that can happen, and how often. Add a thing here.</summary>
    private (int Weight, Func<string, Task> Act)[] Actions =>
    [
        (12, OpenAsync),
        (26, _ => OnOneAsync(SaveAsync)),
        (5, _ => OnOneAsync(PatchAsync)),
        (3, _ => OnOneAsync(RestoreAsync)),
        (12, _ => OnOneAsync(SyncAsync)),
        (10, _ => OnOneAsync(ReadAsync)),
        (5, _ => OnOneAsync(LookAsync)),
        (7, _ => OnOneAsync(LockAsync)),
        (4, _ => OnOneAsync(RenewAsync)),
        (3, _ => OnOneAsync(ReleaseAsync)),
        (2, _ => BreakAsync()),
        (8, _ => OnOneAsync(EndAsync)),
        (14, _ => service.RunTimerAsync()),
        (18, _ => DoAsync(() => _strangers.Act(Any(paths)))),
        (6, _ => WorkOnNasAsync()),
        (2, _ => DoAsync(service.KillOne)),
        (2, _ => DoAsync(service.CutPower)),
    ];

    public void PutFiles()
    {
        foreach (var path in paths)
        {
            if (_world.Random.Next(5) > 1) _strangers.Put(path);
            else service.Disk.MakeFolder(MemoryDisk.FolderOf(path));
        }
    }

    /// <summary>Nobody comes back, so whatever is open may be ended.</summary>
    public void GoHome()
    {
        foreach (var session in Sessions) session.EndAsked = true;
    }

    public async Task WorkAsync(string user, int actions)
    {
        var table = Actions;
        for (var i = 0; i < actions && !_verdict.IsBroken; i++)
        {
            // Often at once, sometimes so late that locks and deadlines have passed.
            var pause = _world.Random.Next(4) switch { 0 => 0, 1 => 1, 2 => 20, _ => 90 };
            await Task.Delay(TimeSpan.FromSeconds(_world.Random.NextDouble() * pause), _world.Time);
            await AnswerAsync(() => Pick(table)(user));
        }
    }

    private Func<string, Task> Pick((int Weight, Func<string, Task> Act)[] table)
    {
        var drawn = _world.Random.Next(table.Sum(entry => entry.Weight));
        return table.First(entry => (drawn -= entry.Weight) < 0).Act;
    }

    /// <summary>An instance that dies gives no answer. Every answer that says no must be one that a caller can act on.</summary>
    /// <returns>Whether the answer leaves open what was done.</returns>
    private async Task<bool> AnswerAsync(Func<Task> call)
    {
        try
        {
            await call();
            return false;
        }
        catch (InstanceDiedException)
        {
            return true;
        }
        catch (CacheException error) when (error.Code is ErrorCode.Unavailable or ErrorCode.Conflict or ErrorCode.Locked
            or ErrorCode.NotFound or ErrorCode.PreconditionFailed)
        {
            // Whether it may be said here is checked where it matters.
            return error.Code == ErrorCode.Unavailable;
        }
        catch (Exception error) when (error is not RuleBrokenException)
        {
            _verdict.Break(Rule.Answers, $"{error.GetType().Name}: {error.Message}");
            return false;
        }
    }

    /// <summary>Nothing of a session may be unknown before somebody asked to end it, unless its first copy has failed.</summary>
    private async Task<T> NotLostAsync<T>(KnownSession session, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound && !session.EndAsked && session.Newest > 0)
        {
            _verdict.Break(Rule.Saves, $"session {session.Id} or a version of it is not found: {error.Message}");
            throw;
        }
    }

    /// <summary>A stranger saves again and again, so that some of it falls between any two steps of a swap.</summary>
    private async Task WorkOnNasAsync()
    {
        var path = Any(paths);
        for (var i = 0; i < 60; i++)
        {
            _strangers.Act(path);
            await Task.Delay(TimeSpan.FromMilliseconds(_world.Random.Next(500)), _world.Time);
        }
    }

    private Task OnOneAsync(Func<KnownSession, Task> act)
    {
        var open = Sessions.Where(session => !session.EndTold).ToList();
        return open.Count == 0 ? Task.CompletedTask : act(Any(open));
    }

    private bool OneIn(int count) => _world.Random.Next(count) == 0;

    private T Any<T>(IReadOnlyList<T> among) => among[_world.Random.Next(among.Count)];

    private static Task DoAsync(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
