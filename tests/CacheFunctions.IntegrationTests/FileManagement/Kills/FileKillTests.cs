using CacheFunctions.Files.Log;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Sessions.Kills;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Records;
using Xunit.Abstractions;

namespace CacheFunctions.IntegrationTests.FileManagement.Kills;

/// <summary>The self-host is killed again and again in the middle of uploads of files.</summary>
public sealed class FileKillTests(ITestOutputHelper output)
{
    private const int Kills = 5;

    private static readonly TimeSpan SettledAfter = TimeSpan.FromHours(1);

    private const string RunCleanup = """{"Data":{"timer":{"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}""";

    [Fact]
    public async Task However_often_it_is_killed_every_acknowledged_file_is_whole_and_what_was_announced_is_settled()
    {
        var seed = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_SEED") is { } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next(100_000);
        output.WriteLine($"CACHEFUNCTIONS_SEED={seed}");
        var random = new Random(seed);
        using var folder = new TempDirectory();
        var account = await StorageEmulator.NewAccountAsync();
        var ledger = new Ledger(folder.Path);
        var moment = new Moments();
        var clients = Enumerable.Range(1, 4).Select(i => new FileWork(i, i % 2 == 0, ledger, moment.Tell, seed + i)).ToList();
        await using var killed = new KilledService([.. TestService.SettingsFor(account, folder.Path), .. KilledService.Keys]);
        var left = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var http = (await killed.NextAsync()).Http;
            await Task.WhenAll(clients.Select(client => client.VerifyAsync(http)));
            var come = moment.After(random.Next(50, 500));
            var working = Task.WhenAll(clients.Select(client => killed.WorkAsync(client.StepAsync)));
            // Clients end before the kill only when they found something wrong.
            await Task.WhenAny(come, working);
            killed.Kill();
            await working;
            left = Math.Max(left, await PendingAsync(account));
        }

        await using var last = await killed.LastAsync(SettledAfter);
        await Task.WhenAll(clients.Select(client => client.VerifyAsync(last.Http)));
        for (var run = 0; await PendingAsync(account) > 0; run++)
        {
            Assert.True(run < 3, "What was announced is not settled.");
            using var ran = await last.Http.PostAsync("/RunCleanup", TestService.Json(RunCleanup));
            ran.EnsureSuccessStatusCode();
        }

        foreach (var client in clients) await client.StepAsync(last.Http);
        await Task.WhenAll(clients.Select(client => client.VerifyAsync(last.Http)));
        output.WriteLine($"{Kills} kills, {ledger.Saves} uploads acknowledged, {clients.Sum(client => client.Resumed)} gone on with, at most {left} announced and left behind");
        Assert.InRange(left, 1, int.MaxValue);
    }

    /// <summary>How many changes are announced, and not told of.</summary>
    private static async Task<int> PendingAsync(string account)
    {
        var store = new TableRecordStore(new StorageAccount(new StorageSettings(account), new StorageTransactions()));
        var table = new RecordTable(store, FileLog.TableName, Shard.DefaultCount, TimeProvider.System);
        var pending = 0;
        for (var shard = 0; shard < table.ShardCount; shard++)
            pending += await table.QueryAsync(shard, KeyRange.Prefix("p|"), default).CountAsync();
        return pending;
    }

    /// <summary>Tells when clients have sent so many pieces.</summary>
    private sealed class Moments
    {
        private readonly Lock _lock = new();
        private int _left;
        private TaskCompletionSource _come = new();

        public Task After(int pieces)
        {
            lock (_lock)
            {
                (_left, _come) = (pieces, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return _come.Task;
            }
        }

        public void Tell()
        {
            lock (_lock)
            {
                if (--_left == 0) _come.TrySetResult();
            }
        }
    }
}
