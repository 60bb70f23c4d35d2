using System.Globalization;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Settings;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Directories;

public sealed class CleaningTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly DirectoryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task What_nobody_has_used_for_the_ttl_goes_with_its_files_and_the_log_says_why()
    {
        await _world.FillAsync("old", "12345");
        _world.Time.Advance(Day - TimeSpan.FromSeconds(1));
        await _world.FillAsync("young");
        Assert.Equal(0, (await _world.CleanAsync()).ExpiredCount);
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        var planned = await _world.Service.TryCleanUpAsync(Caller.Machine);
        Assert.Equal(["old", "young"], await _world.RegisteredAsync());
        var report = await _world.CleanAsync();

        Assert.Equal((1, 5), (planned.ExpiredCount, planned.FreedBytes));
        Assert.Equal((1, 5), (report.ExpiredCount, report.FreedBytes));
        Assert.Equal(["young"], await _world.RegisteredAsync());
        Assert.Equal(["young/file"], _world.Files);
        var (log, _) = await _world.Service.OperationsAsync(Caller.Machine, logged => logged.Operation.Type == "directory_removed", 10, null);
        Assert.Equal("expired: last used 2026-01-01T00:00:00Z, and the TTL is 86400 s", Assert.Single(log).Operation.Reason);
    }

    [Fact]
    public async Task Reading_a_file_extends_the_ttl_of_all_that_hold_it_on_every_instance()
    {
        await _world.FillAsync("a/b");
        await _world.RegisterAsync("a");
        var other = _world.NewInstance();
        _world.Time.Advance(Day / 2);
        other.Service.NoteServed(DirectoryPath.OfFile("a/b/file"), 4);
        var used = _world.Time.GetUtcNow();
        await other.Index.SendTouchesAsync(default);
        _world.Time.Advance(Day / 2);

        Assert.Equal(0, (await _world.CleanAsync()).ExpiredCount);
        // Twice: what the first run brought into the rows counts no second time.
        await _world.CleanAsync();
        var later = _world.NewInstance();
        await later.Service.ListAsync(new DirectoryQuery(1, DirectorySort.Path, false, null), exact: true);
        var directory = await later.Service.GetAsync(DirectoryPath.Of("a"));

        Assert.Equal((1, used), (directory.AccessCount, directory.LastAccessed));
        _world.Time.Advance(Day / 2);
        Assert.Equal(2, (await _world.CleanAsync()).Removed.Count + (await _world.CleanAsync()).ExpiredCount + 1);
        Assert.Empty(_world.Files);
    }

    [Fact]
    public async Task A_long_download_keeps_its_directory()
    {
        await _world.FillAsync("a", "1234");
        var file = DirectoryPath.OfFile("a/file");
        await using var content = await (await _world.Service.FindContentAsync(file)).OpenAsync();
        _world.Time.Advance(Day);
        await content.ReadExactlyAsync(new byte[1]);

        Assert.Equal(0, (await _world.CleanAsync()).ExpiredCount);
        Assert.Equal(["a/file"], _world.Files);
    }

    [Fact]
    public async Task A_pinned_directory_is_never_cleaned_nor_what_holds_it()
    {
        await _world.FillAsync("a");
        await _world.FillAsync("a/kept");
        await _world.FillAsync("a/other");
        await _world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("a/kept"), true);
        _world.Time.Advance(2 * Day);

        var report = await _world.CleanAsync();

        // Its files stay, since the directory around it does.
        Assert.Equal((1, 0, 2), (report.ExpiredCount, report.FreedBytes, report.KeptCount));
        Assert.Equal(["a", "a/kept"], await _world.RegisteredAsync());
        Assert.Equal(["a/file", "a/kept/file", "a/other/file"], _world.Files);
        var refused = await Assert.ThrowsAsync<CacheException>(() => _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: true));
        Assert.Equal(ErrorCode.Conflict, refused.Code);
        Assert.False((await _world.GetAsync("a")).IsLocked(_world.Time.GetUtcNow()));
        Assert.Equal(3, _world.Files.Count());
    }

    [Fact]
    public async Task A_directory_in_one_that_stays_loses_its_row_but_not_its_files()
    {
        await _world.FillAsync("a/inner");
        _world.Time.Advance(Day / 2);
        // Storing beside it is a use of the outer one only.
        await _world.PutAsync("a/file");
        await _world.RegisterAsync("a");
        _world.Time.Advance(Day / 2);

        var report = await _world.CleanAsync();

        Assert.Equal((1, 0), (report.ExpiredCount, report.FreedBytes));
        Assert.Contains("its files stay", Assert.Single(report.Removed).Reason, StringComparison.Ordinal);
        Assert.Equal(["a/file", "a/inner/file"], _world.Files);
    }

    [Fact]
    public async Task Forgetting_leaves_files_readable_and_directories_in_it_registered()
    {
        await _world.FillAsync("a");
        await _world.FillAsync("a/b");

        await _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: false);

        Assert.Equal(["a/b"], await _world.RegisteredAsync());
        Assert.Equal(4, (await _world.Service.FindContentAsync(DirectoryPath.OfFile("a/file"))).File.SizeBytes);
        Assert.Equal(2, (await _world.RegisterAsync("a")).FileCount);
    }

    [Fact]
    public async Task Removing_with_files_takes_all_in_it_and_shrinks_what_holds_it()
    {
        await _world.FillAsync("a", "1");
        await _world.FillAsync("a/b", "22");
        await _world.FillAsync("a/b/c", "333");
        await _world.RegisterAsync("a");

        await _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a/b"), removeFiles: true);

        Assert.Equal(["a"], await _world.RegisteredAsync());
        Assert.Equal(["a/file"], _world.Files);
        Assert.Equal((1, 1), ((await _world.GetAsync("a")).SizeBytes, (await _world.GetAsync("a")).FileCount));
    }

    [Fact]
    public async Task Two_instances_never_clean_at_once()
    {
        foreach (var i in Enumerable.Range(0, 20)) await _world.FillAsync($"d{i}");
        _world.Time.Advance(Day);
        var other = _world.NewInstance();

        var reports = await Task.WhenAll(_world.CleanAsync(), _world.CleanAsync(other.Service));

        // Who came second waited for the first one's run, or found nothing left to do.
        Assert.All(reports, report => Assert.Contains(report.ExpiredCount, new[] { 0, 20 }));
        var (log, _) = await _world.Service.OperationsAsync(Caller.Machine, logged => logged.Operation.Type == "directory_removed", 100, null);
        Assert.Equal(20, log.Count);
    }

    [Fact]
    public async Task After_a_crash_anywhere_the_next_run_leaves_nothing_half_removed()
    {
        var died = 0;
        for (var step = 1; ; step++)
        {
            using var world = new DirectoryWorld();
            await world.FillAsync("a");
            await world.FillAsync("a/b");
            await world.FillAsync("kept");
            await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of("kept"), true);
            world.Time.Advance(2 * Day);
            var death = new Death(step);
            try
            {
                await world.CleanAsync(world.NewInstance(death).Service);
            }
            catch (InstanceDiedException)
            {
                died++;
            }

            if (!death.HasDied) break;
            world.Time.Advance(TimeSpan.FromMinutes(5));
            var survivor = world.NewInstance();
            // Ends the run that died, if it had begun.
            await survivor.Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            await world.CleanAsync(survivor.Service);
            Assert.Equal(["kept"], await world.RegisteredAsync());
            Assert.True(world.Files.SequenceEqual(["kept/file"]), $"step {step}: {string.Join(", ", world.Files)}");
        }

        Assert.InRange(died, 20, 2000);
    }

    [Fact]
    public async Task The_switch_of_the_scheduler_outlives_its_instance_and_only_it_decides_about_the_timer()
    {
        await _world.FillAsync("a");
        _world.Time.Advance(Day);
        Assert.True((await _world.Service.SwitchSchedulerAsync(Caller.Machine, false)).HasChanged);
        Assert.False((await _world.Service.SwitchSchedulerAsync(Caller.Machine, false)).HasChanged);
        var other = _world.NewInstance().Service;

        await other.RunCleanupAsync();
        Assert.Equal(["a"], await _world.RegisteredAsync());
        Assert.Equal(("stopped", null), ((await other.StatisticsAsync()).Scheduler.State, (await other.StatisticsAsync()).Scheduler.NextRun));
        var started = await other.SwitchSchedulerAsync(Caller.Machine, true);
        await other.RunCleanupAsync();

        Assert.Empty(await _world.RegisteredAsync());
        Assert.Equal("running", started.State.State);
        Assert.Equal(1, (await _world.Service.StatisticsAsync()).Scheduler.LastRun!.ExpiredCount);
    }

    [Theory]
    [InlineData("0 0 * * * *", "01:00", "01:00", "02:00")]
    [InlineData("0 30 3 * * *", "03:30", "03:30", "03:30")]
    [InlineData("00:45:00", null, "01:35", "01:35")]
    public async Task The_next_run_follows_the_schedule_that_the_timer_follows(string schedule, string? first, string afterRun, string later)
    {
        using var world = new DirectoryWorld(new() { Schedule = ScheduleReader.Read(schedule) });
        world.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(first, await NextAsync());
        world.Time.Advance(TimeSpan.FromMinutes(30));
        await world.Service.RunCleanupAsync();
        Assert.Equal(afterRun, await NextAsync());
        world.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(later, await NextAsync());

        async Task<string?> NextAsync() => (await world.NewInstance().Service.StatisticsAsync()).Scheduler.NextRun?.ToString("HH:mm", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(1 << 20, QuotaStatus.Exceeded)]
    [InlineData((1 << 20) - 1, QuotaStatus.Warning)]
    [InlineData(900_000, QuotaStatus.Ok)]
    public async Task The_quota_status_follows_the_watermark_and_the_quota(int size, QuotaStatus expected)
    {
        using var world = new DirectoryWorld(new() { MaxBytes = 2 << 20 });
        await world.FillAsync("a", new string('x', size));
        await world.FillAsync("b", "x");
        foreach (var path in new[] { "a", "b" }) await world.Service.PinAsync(Caller.Machine, DirectoryPath.Of(path), true);

        // Exceeded by what is pinned, since the quota was lowered.
        var lowered = world.NewInstance(settings: new() { MaxBytes = 1 << 20 });
        Assert.Equal(expected, (await lowered.Service.StatisticsAsync()).Quota);
    }

    [Fact]
    public async Task With_the_management_off_files_are_served_and_nothing_is_registered_or_cleaned()
    {
        using var world = new DirectoryWorld(new() { Enabled = false });
        await world.PutAsync("a/file");

        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CacheException>(() => world.RegisterAsync("a"))).Code);
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CacheException>(() => world.CleanAsync())).Code);
        await world.Service.RunCleanupAsync();
        Assert.Equal(4, (await world.Service.FindContentAsync(DirectoryPath.OfFile("a/file"))).File.SizeBytes);
        Assert.Equal("disabled", (await world.Service.StatisticsAsync()).Scheduler.State);
    }
}
