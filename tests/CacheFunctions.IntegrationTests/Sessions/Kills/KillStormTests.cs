using System.Diagnostics;
using CacheFunctions.IntegrationTests.Service;
using Xunit.Abstractions;
using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>The self-host is killed again and again in the middle of saves, write backs and jobs.</summary>
public sealed class KillStormTests(ITestOutputHelper output)
{
    private const int Kills = 52;
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task However_often_it_is_killed_no_acknowledged_save_is_missing_and_the_origin_is_always_one_whole_version()
    {
        var seed = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_SEED") is { } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next(100_000);
        output.WriteLine($"CACHEFUNCTIONS_SEED={seed}");
        var watch = Stopwatch.StartNew();
        using var folder = new TempDirectory();
        Directory.CreateDirectory(folder.Combine(LargeWork.Folder));
        var settings = TestService.SettingsFor(await StorageEmulator.NewAccountAsync(), folder.Path);
        using var moments = new KillMoments(folder.Path);
        var ledger = new Ledger(folder.Path);
        var sessions = new (string File, bool IsShared)[] { ("a.bin", false), ("b.bin", false), ("c.bin", true), ("c.bin", true) }
            .Select((each, i) => new StormSession(i + 1, each.File, each.IsShared, ledger, moments, seed + i)).ToList();
        var large = new LargeWork(9, ledger, seed);
        foreach (var file in sessions.Select(session => session.File).Distinct())
            await File.WriteAllBytesAsync(folder.Combine(file), ledger.Send(file, new Version(0, 0), StormSession.LargestBytes));

        await using var killed = new KilledService(settings);
        foreach (var session in sessions) await session.OpenAsync((await killed.NextAsync()).Http);
        var random = new Random(seed);
        var missed = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var moment = (Moment)(kill % Enum.GetValues<Moment>().Length);
            var come = moments.NextAsync(moment, random.Next(1, MostSteps(moment)));
            var working = Task.WhenAll(Workers(moment).Select(work => killed.WorkAsync(work.StepAsync)));
            // Clients end before the kill only when they found something wrong.
            await Task.WhenAny(come.WaitAsync(LongestRound), working);
            if (!come.IsCompleted) missed++;
            killed.Kill();
            await working;

            ledger.VerifyOrigin();
            var http = (await killed.NextAsync()).Http;
            await Task.WhenAll(sessions.Append<IStormWork>(large).Select(each => each.VerifyAsync(http)));
        }

        output.WriteLine($"{Kills} kills, {missed} of them not at their moment, {ledger.Saves} saves and {ledger.Syncs} syncs acknowledged, "
            + $"{large.Finished} large files finished, {watch.Elapsed.TotalSeconds:F0} s");
        await using var last = await killed.LastAsync();
        while (large.Finished < 1) await large.StepAsync(last.Http);
        await TimerBringsAllAsync(last.Http, sessions);
        foreach (var session in sessions)
        {
            await session.SaveAsync(last.Http);
            await session.SyncAsync(last.Http, keepBoth: true);
            await session.IsInOriginAsync(last.Http);
        }

        ledger.VerifyOrigin();
        output.WriteLine($"{ledger.EmptyLeftovers()} empty temporary files left, {watch.Elapsed.TotalSeconds:F0} s");
        Assert.InRange(missed, 0, Kills / 10);

        // Where a job's moment is awaited, few others work beside it, so that it comes soon.
        IEnumerable<IStormWork> Workers(Moment moment) =>
            sessions.Take(moment is Moment.Copying or Moment.WritingLarge ? 1 : sessions.Count).Append<IStormWork>(large);
    }

    /// <summary>One run of the timer, or a few, write back whatever was left.</summary>
    private static async Task TimerBringsAllAsync(HttpClient http, IReadOnlyList<StormSession> sessions)
    {
        for (var run = 0; ; run++)
        {
            using var ran = await http.PostAsync("/RunFrequent", TestService.Json("""{"Data":{"timer":{"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"""));
            ran.EnsureSuccessStatusCode();
            var dirty = 0;
            foreach (var session in sessions)
                if (await session.IsDirtyAsync(http)) dirty++;
            if (dirty == 0) break;
            Assert.True(run < 5, $"{dirty} sessions are still dirty");
        }

        foreach (var session in sessions.Where(each => !each.IsShared)) await session.IsInOriginAsync(http);
    }

    private static int MostSteps(Moment moment) => moment switch
    {
        Moment.Saving => 4 * StormSession.LargestBytes / WatchedContent.PieceBytes,
        Moment.Writing => 20,
        Moment.WritingLarge => 30,
        // What a job reads in one go is seen as one step.
        Moment.Copying => 4,
        _ => 6,
    };
}
