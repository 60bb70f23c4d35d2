using CacheFunctions.Directories;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Directories;

public sealed class SimulationTests : IDisposable
{
    private readonly DirectoryWorld _world = new(new() { MaxBytes = 1000 });

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task What_was_read_is_replayed_under_other_policies_and_quotas_and_misses_count()
    {
        foreach (var path in new[] { "a", "b" }) await _world.FillAsync(path, new string('x', 100));
        // a b a b …, and what is not there.
        for (var i = 0; i < 10; i++)
        {
            _world.Service.NoteServed(DirectoryPath.OfFile(i % 2 == 0 ? "a/file" : "b/file"), 50);
            await Assert.ThrowsAsync<CacheException>(() => _world.Service.FindContentAsync(DirectoryPath.OfFile("gone/file")));
            await _world.Instance.Trace.SendAsync();
            _world.Time.Advance(TimeSpan.FromMinutes(2));
        }

        var roomy = await SimulateAsync(7, 1000);
        Assert.Equal((1.0, 20), (roomy.SampleRate, roomy.Accesses));
        // Each of three was missed once; what is gone has a size of nothing to speak of.
        Assert.Equal((0.85, 0.8, 0), (roomy.Results[0].HitRatio, roomy.Results[0].ByteHitRatio, roomy.Results[0].Evictions));
        // Room for one of a and b: each drives the other out.
        var tight = await SimulateAsync(7, 150);
        Assert.Equal((0.45, 0.0, 9), (tight.Results[0].HitRatio, tight.Results[0].ByteHitRatio, tight.Results[0].Evictions));

        _world.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, (await SimulateAsync(1, 1000)).Accesses);
        Assert.Equal(20, (await SimulateAsync(3, 1000)).Accesses);
        _world.Time.Advance(TimeSpan.FromDays(13));
        await _world.Service.RunCleanupAsync();
        Assert.Equal(0, (await SimulateAsync(14, 1000)).Accesses);
    }

    [Fact]
    public async Task Many_directories_are_sampled_and_the_rate_is_told()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++) _world.Instance.Trace.Record(DirectoryPath.Of($"d{(int)(5_000 * Math.Pow(random.NextDouble(), 3))}").Id, 10, 10);
        await _world.Instance.Trace.SendAsync();

        var report = await SimulateAsync(1, 1 << 20);
        Assert.Equal(20_000, report.Accesses);
        Assert.InRange(report.SampleRate, 0.1, 0.5);
        Assert.InRange(report.Results[0].HitRatio, 0.5, 1);
        // At most a thousand directories in one row, in several texts.
        Assert.InRange(Assert.Single(await WindowsAsync()).Sampled.Count, AccessTrace.MaxKeys / 4, AccessTrace.MaxKeys);
    }

    [Fact]
    public async Task Recording_costs_a_row_a_minute_however_many_accesses_there_are()
    {
        for (var i = 0; i < 1_000; i++) _world.Instance.Trace.Record(DirectoryPath.Of($"d{i % 10}").Id, 10, 10);
        Assert.Empty(await WindowsAsync());
        _world.Time.Advance(AccessTrace.Window);
        await _world.UntilAsync(async () => (await WindowsAsync()).Count > 0);
        Assert.Equal((1_000, 10), (Assert.Single(await WindowsAsync()).Accesses, (await WindowsAsync())[0].Sampled.Count));
    }

    [Fact]
    public async Task What_is_sent_twice_in_one_moment_counts_twice()
    {
        for (var i = 0; i < 2; i++)
        {
            _world.Instance.Trace.Record(DirectoryPath.Of("a").Id, 10, 10);
            await _world.Instance.Trace.SendAsync();
        }

        Assert.Equal(2, (await WindowsAsync()).Sum(window => window.Accesses));
    }

    private async Task<IReadOnlyList<TraceWindow>> WindowsAsync() => await _world.Instance.Trace.Rows.SinceAsync(default, default).ToListAsync();

    private async Task<SimulationReport> SimulateAsync(int days, long maxBytes)
    {
        var job = await _world.Service.SimulateAsync(Caller.Machine, days, ["lru"], maxBytes);
        Assert.Equal(JobState.Succeeded, job.State);
        return SimulationReport.Read(job.Result!);
    }
}
