using CacheFunctions.IntegrationTests.Service;
using Xunit.Abstractions;

namespace CacheFunctions.IntegrationTests.Sessions.Histories;

/// <summary>Many clients on two processes, which are killed now and then, want the same locks.</summary>
public sealed class LockHistoryStormTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Grants = 250;
    private const int Kills = 3;

    [Fact]
    public async Task At_most_one_holds_each_fence_and_fences_only_rise_whoever_is_killed()
    {
        var seed = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_SEED") is { } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next(100_000);
        output.WriteLine($"CACHEFUNCTIONS_SEED={seed}");
        using var folder = new TempDirectory();
        string[] paths = ["a.txt", "b.txt"];
        foreach (var path in paths) await File.WriteAllTextAsync(folder.Combine(path), "nobody 0");
        var settings = TestService.SettingsFor(await StorageEmulator.NewAccountAsync(), folder.Path);
        var services = await Task.WhenAll(ServiceProcess.StartAsync(settings), ServiceProcess.StartAsync(settings));
        try
        {
            var record = new LockRecord(Grants);
            var clients = Enumerable.Range(0, Clients)
                .Select(i => new LockClient($"user{i}", paths[i % paths.Length], services, record, seed + i)).ToList();
            foreach (var client in clients) await client.OpenAsync();
            var working = Task.WhenAll(clients.Select(client => client.WorkAsync()));
            var random = new Random(seed);
            for (var kill = 0; kill < Kills; kill++)
            {
                await await Task.WhenAny(record.SentAsync(kill == 0 ? LockAct.Sync : LockAct.Acquire, random.Next(20, 40)), working);
                services[kill % 2].Kill();
                var killed = services[kill % 2];
                services[kill % 2] = await ServiceProcess.StartAsync(settings);
                await killed.DisposeAsync();
            }

            record.IsLast = true;
            await working;
            // Who takes the lock ends what a kill may have left, so the origin then is as it stays.
            foreach (var client in clients.DistinctBy(client => client.Path))
            {
                while (await client.AcquireAsync(60) is null)
                {
                    await client.BreakAsync();
                    await record.FreedAsync(client.Path, TimeSpan.FromMilliseconds(300));
                }
            }

            var origins = paths.ToDictionary(path => path, path => Holds(folder.Combine(path)));
            foreach (var act in record.Calls.GroupBy(call => (call.Act, call.Answer)).OrderBy(act => act.Key))
                output.WriteLine($"{act.Key.Act} {act.Key.Answer}: {act.Count()}");
            output.WriteLine($"{Kills} kills, {record.Now.TotalSeconds:F0} s");
            var wrong = LockHistory.Check(record.Calls, origins);
            foreach (var each in wrong) output.WriteLine(each);
            Assert.Empty(wrong);
        }
        finally
        {
            foreach (var service in services) await service.DisposeAsync();
        }
    }

    private static (string, int) Holds(string file)
    {
        var parts = File.ReadAllText(file).Split(' ');
        return (parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
