using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Catalogue.Quota;

/// <summary>Rule 7: use stays under the quota plus what all instances wrote within the index's freshness, and have in flight.</summary>
public sealed class InstancesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    public async Task Two_instances_that_add_at_the_same_time_exceed_the_quota_by_what_they_have_just_written_at_the_most(int seed)
    {
        using var world = EvictionTests.World(seed % 2 == 0 ? "sieve" : "lru");
        var services = new[] { world.Service, world.NewInstance().Service };
        var random = new Random(seed);
        var (most, pinned, number) = (0L, 0, 0);
        for (var round = 0; round < 15; round++)
        {
            var added = new List<Task<long>>();
            foreach (var service in services)
                for (var i = random.Next(1, 5); i > 0; i--) added.Add(TryAddAsync(service, $"{number++}", random.Next(10, 200)));
            var written = (await Task.WhenAll(added)).Sum();
            var use = await world.StoredBytesAsync();
            most = Math.Max(most, use);
            Assert.True(use <= 1000 + written, $"seed {seed}, round {round}: {use} bytes are stored, {written} of them new");

            // Pinned things are less than half of the quota, so that no add must fail.
            var (file, _) = (await world.Service.GetCachedFilesAsync(Caller.Machine, new(new(), Limit: 1), consistent: true), 0);
            if (pinned < 2 && random.Next(4) == 0 && file.Files is [var some]) pinned += await PinAsync(some.Id);
            await world.UntilAsync(
                async () => (await Task.WhenAll(services.Select(service => service.GetCacheStatisticsAsync(Caller.Machine)))).Select(known => known.Files.Total).Distinct().Count() == 1
                    && await world.StoredBytesAsync() <= 900,
                TimeSpan.FromSeconds(0.5));
        }

        output.WriteLine($"seed {seed}: at most {most} bytes of 1000 were stored after {number} files");
        Assert.Equal(world.Copies.Count(), await world.Service.ExportCachedFilesAsync(Caller.Machine).CountAsync());

        async Task<long> TryAddAsync(CachedFilesService service, string path, int length)
        {
            world.Put(path, new string('x', length));
            try
            {
                var adding = service.AddCachedFileAsync(Caller.Machine, new AddCachedFile(path));
                // One waits for the other's lease now and then.
                await world.UntilAsync(() => Task.FromResult(adding.IsCompleted), TimeSpan.FromMilliseconds(100));
                return (await adding).File!.SizeBytes;
            }
            catch (CacheException error) when (error.Code is ErrorCode.Unavailable or ErrorCode.QuotaExceeded)
            {
                return 0;
            }
        }

        async Task<int> PinAsync(CachedFileId id)
        {
            try
            {
                await world.Service.PinFileAsync(Caller.Machine, id, true);
                return 1;
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                return 0;
            }
        }
    }
}
