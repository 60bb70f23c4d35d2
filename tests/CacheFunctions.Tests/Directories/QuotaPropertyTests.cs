using System.Collections.Concurrent;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Directories;

/// <summary>Rule 7: use stays under the quota plus what all instances wrote within the index's freshness, and have in flight.</summary>
public sealed class QuotaPropertyTests(ITestOutputHelper output)
{
    private const int Quota = 1000;

    private static readonly string[] Paths = ["a", "a/b", "a/b/c", "a/d", "e", "e/f", "g", "h/i", "h", "j"];

    [Theory]
    [InlineData(81, "lru")]
    [InlineData(82, "lfu")]
    [InlineData(83, "fifo")]
    [InlineData(84, "sieve")]
    [InlineData(85, "lru")]
    public async Task Two_instances_that_write_at_the_same_time_exceed_the_quota_by_what_they_have_just_written_at_the_most(int seed, string policy)
    {
        using var world = new DirectoryWorld(new() { MaxBytes = Quota, EvictionPolicy = policy });
        var services = new[] { world.Service, world.NewInstance().Service };
        var random = new Random(seed);
        var (most, refused, atLow) = (0L, 0, 0);
        for (var round = 0; round < 25; round++)
        {
            var (writing, before, story) = (new List<Task<long>>(), await TotalAsync(), new ConcurrentQueue<string>());
            foreach (var service in services)
                for (var i = random.Next(1, 4); i > 0; i--) writing.Add(WriteAsync(story, service, Paths[random.Next(Paths.Length)], random.Next(8), random.Next(10, 150)));
            var written = (await Task.WhenAll(writing)).Sum();
            var use = await TotalAsync();
            most = Math.Max(most, use);
            // What was pinned after both had exceeded the quota together is above it still.
            Assert.True(
                use <= Math.Max(before, Quota + written),
                $"seed {seed}, round {round}: {use} bytes are registered, {written} of them new, {before} from before\n{string.Join('\n', [.. story, .. await ListAsync()])}");
            if (random.Next(3) == 0) await TryAsync(() => world.Service.PinAsync(Caller.Machine, DirectoryPath.Of(Paths[random.Next(Paths.Length)]), random.Next(3) == 0));

            // Once the instances' own evictions have ended, what is left above the low watermark is what must stay. Writers of one file,
            // or beside a registration, may both have counted it, until it is counted again.
            string? wrong = null;
            for (var attempt = 0; attempt == 0 || (wrong is not null && attempt < 20); attempt++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(3));
                await world.Service.RunMaintenanceAsync();
                await world.CleanAsync();
                wrong = await WrongAsync();
            }

            Assert.True(wrong is null, $"seed {seed}, round {round}: {wrong}");
            if (await TotalAsync() <= Quota * 0.8) atLow++;
        }

        output.WriteLine($"seed {seed}: at most {most} bytes of {Quota} were registered; {refused} writes were refused; {atLow} of 25 rounds ended at or under the low watermark");
        Assert.True(most > Quota * 0.8 && atLow > 0);

        async Task<string?> WrongAsync()
        {
            var all = await ListAsync();
            var use = await TotalAsync();
            // Only what is pinned, what lies in such a one, and what holds such a one.
            var couldGo = all.FirstOrDefault(directory => directory.SizeBytes > 0 && !all.Any(pinned => pinned.Pinned && (Holds(pinned, directory) || Holds(directory, pinned))));
            if (use > Quota * 0.8 && couldGo is not null) return $"{use} bytes are left after a cleaning, and {couldGo.Path} could have gone";
            // What is counted is what lies there, and what has gone has left nothing.
            return all.FirstOrDefault(directory => directory.RemovedWith is not null || directory.FileCount != world.Files.Count(file => file.StartsWith(directory.Path + "/", StringComparison.Ordinal))) is { } odd
                ? $"{odd} is half removed or counted wrong"
                : null;
        }

        static bool Holds(CachedDirectory one, CachedDirectory other) => one.Path == other.Path || other.Path.StartsWith(one.Path + "/", StringComparison.Ordinal);

        async Task<long> WriteAsync(ConcurrentQueue<string> story, DirectoriesService service, string path, int name, int length)
        {
            var written = 0L;
            var isRefused = await TryAsync(async () =>
            {
                var writing = service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile($"{path}/{name}"), new MemoryStream(new byte[length]), length);
                await world.UntilAsync(() => Task.FromResult(writing.IsCompleted), TimeSpan.FromMilliseconds(100));
                await writing;
                written = length;
                var registering = service.RegisterAsync(Caller.Machine, DirectoryPath.Of(path));
                await world.UntilAsync(() => Task.FromResult(registering.IsCompleted), TimeSpan.FromMilliseconds(100));
                var registered = (await registering).Directory!;
                // All that lay there unregistered counts from now on.
                written = Math.Max(written, registered.SizeBytes);
            });
            story.Enqueue($"{length} bytes to {path}/{name} by {Array.IndexOf(services, service)}: {(isRefused is null ? "registered" : isRefused)}, {written} new");
            return written;
        }

        async Task<string?> TryAsync(Func<Task> work)
        {
            try
            {
                await work();
                return null;
            }
            catch (CacheException error) when (error.Code is ErrorCode.Unavailable or ErrorCode.QuotaExceeded or ErrorCode.NotFound or ErrorCode.Locked)
            {
                refused++;
                return error.Message;
            }
        }

        async Task<long> TotalAsync() => (await world.Service.StatisticsAsync(exact: true)).TotalBytes;

        async Task<IReadOnlyList<CachedDirectory>> ListAsync() =>
            (await world.Service.ListAsync(new DirectoryQuery(1000, DirectorySort.Path, false, null), exact: true)).Page;
    }
}
