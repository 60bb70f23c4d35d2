using System.Globalization;
using CacheFunctions.Content;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Directories;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Simulation.Directories;

/// <summary>
/// One run: people who store, register, compress, pin, forget and remove, and cleanings, on instances that die at any step; then all
/// instances die, a healthy one cleans twice, and the rules are held to what is left.
/// </summary>
internal sealed class DirectorySimulation
{
    private static readonly string[] Paths = ["a", "a/b", "a/b/c", "d", "e/f", "e"];
    private static readonly double[] FailRates = [0, 0.005, 0.02];
    private static readonly double[] DeathRates = [0.002, 0.01, 0.03];

    private const int UserCount = 3;
    private const int MaxActions = 14;
    private const int FilesInEach = 3;
    private const int MaxFileBytes = 300;
    private const int LargeFileBytes = 700;

    private readonly SimulatedDirectories _cache;
    private readonly List<string> _story;
    private readonly Random _random;

    // What was acknowledged, and when; and which directories may have lost their pin since.
    private readonly Dictionary<string, DateTimeOffset> _stored = [];
    private readonly List<(string File, DateTimeOffset Opened, DateTimeOffset Closed)> _reads = [];
    private readonly HashSet<string> _pinned = [];
    private readonly HashSet<string> _maybeUnpinned = [];

    private DirectorySimulation(SimulatedWorld world, DirectoryPlant plant, List<string> story)
    {
        (_random, _story) = (world.Random, story);
        var faults = new Faults(FailRates[_random.Next(FailRates.Length)], Die: DeathRates[_random.Next(DeathRates.Length)]) { Latency = TimeSpan.FromSeconds(1) };
        _cache = new SimulatedDirectories(world, plant, faults);
    }

    public static void Run(int seed, DirectoryPlant plant)
    {
        var story = new List<string>();
        try
        {
            SimulatedWorld.Run(seed, world => new DirectorySimulation(world, plant, story).RunAsync());
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine + "    ", [error.Message, .. story]), error);
        }
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, UserCount).Select(_ => WorkAsync(1 + _random.Next(MaxActions))));
        _cache.KillAll();
        // What was under way arrives, and the leases and locks of the dead end.
        await Task.Delay(TimeSpan.FromMinutes(10), _cache.World.Time);
        var healthy = _cache.Healthy();
        await healthy.Jobs.ResumeAllAsync(TimeSpan.FromMinutes(10), default);
        await Task.Delay(TimeSpan.FromSeconds(1), _cache.World.Time);
        for (var run = 0; run < 2; run++)
        {
            // A run that has often failed rests before it goes on.
            while ((await healthy.Service.CleanUpAsync(Caller.Machine)).State == JobState.Running) await Task.Delay(TimeSpan.FromMinutes(1), _cache.World.Time);
            await healthy.Service.RunMaintenanceAsync();
            // What is registered while a run begins stays in it.
            await Task.Delay(TimeSpan.FromSeconds(1), _cache.World.Time);
        }

        await healthy.Service.RunCleanupAsync();
        await CheckAsync(healthy.Service);
    }

    private async Task WorkAsync(int actions)
    {
        for (; actions > 0; actions--)
        {
            await Task.Delay(TimeSpan.FromMinutes(_random.Next(20)), _cache.World.Time);
            var (instance, path) = (_cache.Any(), Paths[_random.Next(Paths.Length)]);
            var kind = _random.Next(15);
            try
            {
                await ActAsync(instance, kind, path);
            }
            catch (CacheException error)
            {
                Tell($"{kind} on {path}: {error.Code}");
            }
            catch (InstanceDiedException)
            {
                Tell($"{kind} on {path}: died");
            }
        }
    }

    private async Task ActAsync(DirectoryInstance instance, int kind, string path)
    {
        var (service, directory) = (instance.Service, DirectoryPath.Of(path));
        switch (kind)
        {
            case < 5:
                await StoreAsync(service, $"{path}/{_random.Next(FilesInEach)}", 1 + _random.Next(MaxFileBytes));
                // Somebody may be reading it already when it is registered.
                if (_random.Next(2) == 0) await Task.Delay(TimeSpan.FromMinutes(_random.Next(20)), _cache.World.Time);
                bool? compress = _random.Next(4) switch { 0 => true, 1 => false, _ => null };
                await service.RegisterAsync(Caller.Machine, directory, compress: compress);
                Tell($"registered {path}, compressed: {compress}");
                if (_random.Next(3) > 0) break;
                // Almost all else has to go, before who reads in it can know by itself that it is registered.
                var other = Paths[_random.Next(Paths.Length)];
                await StoreAsync(service, $"{other}/large", LargeFileBytes);
                await service.RegisterAsync(Caller.Machine, DirectoryPath.Of(other));
                Tell($"registered {other}");
                await _cache.Any().Service.CleanUpAsync(Caller.Machine);
                Tell("cleaned");
                break;
            case 5 or 6:
                await service.PinAsync(Caller.Machine, directory, true);
                if (!_maybeUnpinned.Contains(path)) _pinned.Add(path);
                Tell($"pinned {path}");
                break;
            case 7:
                // One unpins once and never pins again, so that what a late unpin does is no riddle.
                _maybeUnpinned.Add(path);
                _pinned.Remove(path);
                await service.PinAsync(Caller.Machine, directory, false);
                Tell($"unpinned {path}");
                break;
            case 8:
                await service.RemoveAsync(Caller.Machine, directory, removeFiles: false);
                Tell($"forgot {path}");
                break;
            case 9:
                await service.RemoveAsync(Caller.Machine, directory, removeFiles: true);
                Tell($"removed {path}");
                break;
            case 10 or 11 or 12:
                await ReadAsync(instance, _stored.Count == 0 ? $"{path}/0" : _stored.Keys.ElementAt(_random.Next(_stored.Count)));
                break;
            default:
                await service.CleanUpAsync(Caller.Machine);
                Tell("cleaned");
                break;
        }
    }

    private async Task StoreAsync(DirectoriesService service, string file, int size)
    {
        await service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile(file), new MemoryStream(new byte[size]), size);
        _stored[file] = _cache.World.Time.GetUtcNow();
        Tell($"stored {file}, {size} bytes");
    }

    /// <summary>Slowly, and perhaps longer than any lease.</summary>
    private async Task ReadAsync(DirectoryInstance instance, string path)
    {
        var file = DirectoryPath.OfFile(path);
        using var found = await instance.Service.FindContentAsync(file, readsWhole: true);
        await using var content = await found.OpenAsync();
        var opened = _cache.World.Time.GetUtcNow();
        Tell($"opened {path}");
        await Task.Delay(TimeSpan.FromMinutes(_random.Next(60)), _cache.World.Time);
        if (!_cache.IsAlive(instance)) return;
        _reads.Add((path, opened, _cache.World.Time.GetUtcNow()));
        Tell($"closed {path}");
    }

    private async Task CheckAsync(DirectoriesService service)
    {
        var (all, _) = await service.ListAsync(new DirectoryQuery(1000, DirectorySort.Path, false, null), exact: true);
        var log = (await service.OperationsAsync(Caller.Machine, _ => true, 10_000, null)).Operations;
        var removals = log.Where(each => each.Operation.Type is "directory_removed" or "directory_evicted").ToList();
        var files = new List<ContentItem>();
        await foreach (var item in _cache.Contents.ListAsync(ContentName.Directories, "", default)) files.Add(item);

        // Nothing is half removed: no mark is left, and in what was removed lies only what was stored there since.
        foreach (var directory in all)
        {
            Require(directory.RemovedWith is null && !directory.IsLocked(_cache.World.Time.GetUtcNow()), $"{directory} is still being removed");
            var inIt = files.Where(file => file.Name.StartsWith(directory.Path + "/", StringComparison.Ordinal)).ToList();
            Require((directory.SizeBytes, directory.FileCount) == (inIt.Sum(file => file.SizeBytes), inIt.Count), $"{directory} is counted wrong: {inIt.Count} files");
        }

        foreach (var removal in removals)
        {
            var begun = log.Where(each => each.Operation.Type == "directory_removal_begun" && each.Operation.Entity == removal.Operation.Entity && each.Timestamp <= removal.Timestamp).Min(each => each.Timestamp);
            var left = files.Where(file => Holds(removal, file.Name) && file.WrittenAt < begun).Select(file => file.Name).FirstOrDefault();
            Require(left is null, $"{left} is left of {removal.Operation.FilePath}, which was removed");
        }

        // What was stored is there, or something that held it was removed afterwards.
        foreach (var (file, at) in _stored)
        {
            var gone = files.All(item => item.Name != file);
            Require(!gone || removals.Any(each => Holds(each, file) && each.Timestamp >= at - TimeSpan.FromMinutes(10)), $"{file} is gone, and nobody removed it");
        }

        // What is there is read as somebody has put it: whole, and nothing but zeros.
        foreach (var item in files)
        {
            var file = DirectoryPath.OfFile(item.Name);
            var bytes = new MemoryStream();
            await using (var content = await (await service.FindContentAsync(file)).OpenAsync()) await content.CopyToAsync(bytes);
            Require(bytes.Length == (item.PlainBytes ?? item.SizeBytes) && !bytes.ToArray().Any(each => each != 0), $"{item.Name} reads as {bytes.Length} bytes");
        }

        // Rule 5: what was open was neither evicted nor cleaned.
        foreach (var (file, opened, closed) in _reads)
        {
            var wrong = removals.Find(each => Holds(each, file) && each.Timestamp > opened && each.Timestamp < closed && !IsByHand(each));
            Require(wrong is null, $"{file} was read from {opened:HH:mm:ss} to {closed:HH:mm:ss}, and at {wrong?.Timestamp:HH:mm:ss} {wrong?.Operation.Type} happened to {wrong?.Operation.FilePath} ({wrong?.Operation.Reason})");
        }

        // Rule 5: what is pinned was neither evicted nor cleaned since. Who removes what holds it is refused.
        foreach (var path in _pinned)
        {
            var last = log.First(each => each.Operation.FilePath == path && each.Operation.Type is "directory_pinned" or "directory_forgotten" or "directory_removed" or "directory_evicted");
            Require(last.Operation.Type == "directory_pinned", $"{path} was pinned, and {last.Operation.Type} since ({last.Operation.Reason})");
        }

        // Of who had files open, nothing is left but what was read just now.
        await foreach (var mark in _cache.Records.QueryAsync("control", OpenMarks.Partition, new KeyRange("0", "g"), null, default))
            Require(mark.Values.RequiredTime("until") > _cache.World.Time.GetUtcNow(), $"{mark.Key} is left");

        // Rule 7, once all is at rest: at the low watermark, unless what is pinned stands in the way.
        var use = (await service.StatisticsAsync(exact: true)).TotalBytes;
        var free = all.FirstOrDefault(directory => directory.SizeBytes > 0 && !all.Any(pinned => pinned.Pinned && (Around(pinned.Path, directory.Path) || Around(directory.Path, pinned.Path))));
        Require(use <= SimulatedDirectories.Quota * 0.8 || free is null, $"{use} bytes are left, and {free?.Path} could have gone");
    }

    private static bool Holds(LoggedOperation removal, string file) => file.StartsWith(removal.Operation.FilePath + "/", StringComparison.Ordinal);

    private static bool IsByHand(LoggedOperation removal) =>
        removal.Operation.Type == "directory_removed" && !removal.Operation.Reason.Contains("expired:", StringComparison.Ordinal);

    private static bool Around(string outer, string inner) => outer == inner || inner.StartsWith(outer + "/", StringComparison.Ordinal);

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new InvalidOperationException(message);
    }

    private void Tell(string what) => _story.Add(string.Create(CultureInfo.InvariantCulture, $"{_cache.World.Time.GetUtcNow():dd HH:mm:ss} {what}"));
}
