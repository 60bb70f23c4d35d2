using System.Globalization;
using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Work;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>People who cache, read and remove files, on any instance, while others change the originals.</summary>
internal sealed class CatalogueUsers(SimulatedCatalogue catalogue, IReadOnlyList<string> paths, Action<string> tell)
{
    // How far an instance's clock may run off in the minutes between two looks.
    private static readonly TimeSpan Drift = TimeSpan.FromSeconds(5);

    private readonly SimulatedWorld _world = catalogue.World;
    private readonly Strangers _strangers = new(catalogue.Disk, catalogue.World);
    private int _keys;

    /// <summary>How often a file was served, at the most.</summary>
    public int Served { get; private set; }

    private (int Weight, Func<string, Task> Act)[] Actions =>
    [
        (20, ReadAsync),
        (14, AddAsync),
        (8, path => catalogue.Any().Service.RemoveCachedFileAsync(Caller.Machine, SimulatedCatalogue.IdOf(path), "enough")),
        (6, path => catalogue.Any().Service.AddUserToFileAsync(Caller.Machine, SimulatedCatalogue.IdOf(path), $"user{_world.Random.Next(4)}", "shared")),
        (4, path => catalogue.Any().Service.RemoveUserFromFileAsync(Caller.Machine, SimulatedCatalogue.IdOf(path), $"user{_world.Random.Next(4)}")),
        (4, path => catalogue.Any().Service.UpdateFileAccessAsync(Caller.Machine, SimulatedCatalogue.IdOf(path))),
        (3, path => catalogue.Any().Service.PinFileAsync(Caller.Machine, SimulatedCatalogue.IdOf(path), _world.Random.Next(3) == 0)),
        (3, _ => catalogue.Any().Service.CleanupOrphanedFilesAsync(Caller.Machine, _world.Random.Next(2) == 0)),
        (3, _ => catalogue.Any().Service.VerifyCacheIntegrityAsync(Caller.Machine)),
        (3, _ => catalogue.Any().Service.RunCleanupAsync()),
        (2, _ => catalogue.Any().Service.CleanupRemovedFilesAsync(Caller.Machine, 0)),
        (3, _ => catalogue.Any().Index.RenewSnapshotsAsync(default)),
        (4, _ => catalogue.Any().Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default)),
        (14, path => DoAsync(() => _strangers.Act(path))),
        (2, _ => DoAsync(catalogue.KillOne)),
        (1, _ => catalogue.SleepAsync()),
    ];

    public void PutFiles()
    {
        foreach (var path in paths) _strangers.Put(path);
    }

    public async Task WorkAsync(int actions)
    {
        var table = Actions;
        for (var i = 0; i < actions; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(_world.Random.Next(4) switch { 0 => 0, 1 => 1, 2 => 20, _ => 90 } * _world.Random.NextDouble()), _world.Time);
            var drawn = _world.Random.Next(table.Sum(entry => entry.Weight));
            var path = paths[_world.Random.Next(paths.Count)];
            await AnswerAsync(() => table.First(entry => (drawn -= entry.Weight) < 0).Act(path));
        }
    }

    /// <summary>Whoever gets no answer comes again with the same key, until there is one: the file was cached by this request, once.</summary>
    private async Task AddAsync(string path)
    {
        var key = (++_keys).ToString(CultureInfo.InvariantCulture);
        var request = new AddCachedFile(path, UserId: $"user{_world.Random.Next(4)}", AttributionReason: $"key {key}");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (!await AnswerAsync(() => catalogue.Any().Service.AddCachedFileAsync(Caller.Machine, request, key))) return;
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time);
        }
    }

    /// <summary>What is served was the original within the time after which copies are checked, and nothing else ever was.</summary>
    private async Task ReadAsync(string path)
    {
        var asked = _world.Time.GetUtcNow();
        var since = asked - catalogue.Settings.RevalidateAfter - Drift;
        var (service, _, _, _) = catalogue.Any();
        byte[]? bytes = null;
        try
        {
            var served = await service.FindContentAsync(Caller.Machine, path);
            Served++;
            service.NoteServed(served, served.File.SizeBytes);
            // Between the record and its copy the file may be refreshed or removed; then the reader asks again.
            bytes = await Text.ReadAsync(await service.OpenContentAsync(served.File));
            if (served.File.Sha256 is { } sha256 && Text.Hash(bytes) != sha256) throw new InvalidOperationException($"{path}: what was served is not what was recorded.");
            tell($"read {path} (asked {asked:HH:mm:ss}): {Text.Of(bytes)}, {(served.IsHit ? "hit" : "miss")}");
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound && error.Message.Contains("copy", StringComparison.Ordinal))
        {
            return;
        }
        catch (EndOfStreamException)
        {
            // The original has changed while it was read, since its copy was not there yet.
            return;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            tell($"read {path}: {error.Message}");
            // It is remembered for a moment that a file does not exist.
            since -= TimeSpan.FromSeconds(5);
        }

        if (!catalogue.History.Was(path, bytes, since))
            throw new InvalidOperationException($"{path}: {Text.Of(bytes)} was served, which the original was not since {since:HH:mm:ss}: {catalogue.History.Of(path)}.");
    }

    /// <returns>Whether the answer leaves open what was done.</returns>
    private static async Task<bool> AnswerAsync(Func<Task> call)
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
        catch (CacheException error) when (error.Code is ErrorCode.Unavailable or ErrorCode.Conflict or ErrorCode.NotFound or ErrorCode.QuotaExceeded)
        {
            return error.Code == ErrorCode.Unavailable;
        }
    }

    private static Task DoAsync(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
