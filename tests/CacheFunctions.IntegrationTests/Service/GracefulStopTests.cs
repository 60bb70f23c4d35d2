using System.Collections.Concurrent;
using System.Globalization;
using Azure.Storage.Blobs;
using CacheFunctions.IntegrationTests.Overload;
using CacheFunctions.Jobs;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Timers;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>SIGTERM under load, as a host sends it before it takes an instance away.</summary>
public sealed class GracefulStopTests
{
    private const int Clients = 4;
    private const int SavesBefore = 5;
    private const int Reads = 3;
    private const int Length = 16 << 20;

    // What the service takes for itself is 30 s (HostOptions.ShutdownTimeout); this machine may be busy.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_was_taken_is_answered_what_was_acknowledged_is_there_and_leases_are_free()
    {
        using var origin = new TempDirectory();
        for (var i = 0; i < Clients; i++) await File.WriteAllTextAsync(origin.Combine($"{i}.txt"), "0");
        await File.WriteAllTextAsync(origin.Combine("cached.txt"), "cached");
        Directory.CreateDirectory(origin.Combine("slow"));
        await File.WriteAllBytesAsync(origin.Combine("slow/large"), new byte[1 << 20]);
        var storage = await StorageEmulator.NewAccountAsync();
        var settings = SettingsFor(storage, origin.Path);
        await using var service = await ServiceProcess.StartAsync(settings);
        var http = service.Http;
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Uses that are still only in memory when the signal comes.
        await DataAsync(await http.PutAsync("/cache/content/d/x.txt", new StringContent("x")));
        await DataAsync(await http.PostAsync("/cache/register/d", null));
        using var added = await http.PostAsync("/api/cached/files", Json("""{"file_path": "cached.txt"}"""));
        var cached = $"/api/cached/files/{(await DataAsync(added)).GetProperty("id").GetString()}";
        for (var i = 0; i < Reads; i++)
        {
            Assert.Equal("cached", await http.GetStringAsync(cached + "/content"));
            Assert.Equal("x", await http.GetStringAsync("/cache/content/d/x.txt"));
        }

        // Requests that are half-way when it comes: one out, one in, one that waits for a job.
        await DataAsync(await http.PutAsync("/api/files/blog/app/large", new ByteArrayContent(new byte[Length])));
        using var download = await http.GetAsync("/api/files/blog/app/large", HttpCompletionOption.ResponseHeadersRead);
        var held = new HeldContent(Length, 1 << 20, goOn.Task);
        var upload = http.PutAsync("/api/files/blog/app/uploaded", held);
        await held.Held;
        var warming = http.PostAsync("/cache/warm", Json("""{"items": [{"from": "/mnt/nas/slow", "path": "slow"}], "max_bytes_per_second": 1024}"""));

        var saved = new ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, Clients).Select(i => SaveAndReadAsync(http, $"{i}.txt", saved)).ToList();
        while (saved.Count < Clients || saved.Values.Any(saves => saves < SavesBefore))
        {
            if (clients.Find(each => each.IsFaulted) is { } failed) await failed;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        var timers = new BlobTimerState(new BlobContainerClient(storage, "system"), TimeProvider.System);
        Assert.Null(await timers.TryLeadAsync("RunFrequent", default));
        service.Terminate();
        await Task.WhenAll(clients);
        goOn.SetResult();
        await DataAsync(await upload);
        Assert.Equal(Length, (await download.Content.ReadAsByteArrayAsync()).Length);
        using var goesOn = await warming;
        Assert.Equal(202, (int)goesOn.StatusCode);
        Assert.Equal(0, await service.ExitAsync(Grace));

        // The service's own log: no save was taken that its client was not told of, and nothing failed.
        var log = service.Output.Split('\n');
        foreach (var (address, saves) in saved) Assert.Equal(saves, log.Count(line => line.Contains($"PUT {address}/content 200", StringComparison.Ordinal)));
        Assert.DoesNotContain(log, line => line.Contains("warn:", StringComparison.Ordinal) && !line.Contains("OpenAccess", StringComparison.Ordinal) && !line.Contains("DevelopmentKeyCheck", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("fail:", StringComparison.Ordinal) || line.Contains("crit:", StringComparison.Ordinal));

        await using (var lead = await timers.TryLeadAsync("RunFrequent", default)) Assert.NotNull(lead);
        await using var next = await LocalService.StartAsync([.. settings, "--Logging:LogLevel:Default", "Warning"]);
        using var again = new HttpClient { BaseAddress = next.Address };
        foreach (var (address, saves) in saved)
            Assert.Equal(saves.ToString(CultureInfo.InvariantCulture), await again.GetStringAsync(address + "/content"));
        Assert.Equal(Length, (await again.GetByteArrayAsync("/api/files/blog/app/uploaded")).Length);
        var file = Assert.Single((await DataAsync(await again.GetAsync("/api/cached/files?consistent=true"))).GetProperty("files").EnumerateArray());
        Assert.Equal(Reads, file.GetProperty("access_count").GetInt32());
        var directories = (await DataAsync(await again.GetAsync("/cache/directories?consistent=true"))).GetProperty("directories").EnumerateArray();
        Assert.True(directories.Single(each => each.GetProperty("path").GetString()!.Trim('/') == "d").GetProperty("access_count").GetInt32() >= Reads);
        var statistics = await DataAsync(await again.GetAsync("/api/cached/statistics?consistent=true"));
        Assert.Equal(Reads, statistics.GetProperty("hit_window").GetProperty("hits").GetInt32());
        var records = next.App.Services.GetRequiredService<IRecordStore>();
        Assert.NotEmpty(await records.QueryAsync("control", "trace-directories", new KeyRange("0", "~"), null, default).ToListAsync());

        var jobs = next.App.Services.GetRequiredService<JobStore>();
        var job = Assert.Single(await jobs.RunningAsync(default));
        Assert.True(job.LeaseUntil <= jobs.Now, $"The lease of {job.Kind} holds until {job.LeaseUntil:O}; it is {jobs.Now:O}.");
    }

    /// <summary>Saves one more number each time, and reads it back, until the service takes no more.</summary>
    private static async Task SaveAndReadAsync(HttpClient http, string file, ConcurrentDictionary<string, int> saved)
    {
        using var opened = await http.PostAsync("/api/sessions", Json($$"""{"user_id": "1", "file_path": "{{file}}"}"""));
        var address = $"/api/sessions/{(await DataAsync(opened)).GetProperty("session_id").GetString()}";
        try
        {
            for (var i = 1; ; i++)
            {
                using var answer = await http.PutAsync(address + "/content", new StringContent($"{i}"));
                await DataAsync(answer);
                saved[address] = i;
                Assert.Equal($"{i}", await http.GetStringAsync(address + "/content"));
            }
        }
        catch (HttpRequestException error) when (error.StatusCode is null)
        {
            // It takes no more. Whether it took this one, its log tells.
        }
    }
}
