using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Sessions;

/// <summary>The self-host as a process of its own, killed as a power cut would.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task A_kill_between_save_and_sync_loses_nothing()
    {
        using var origin = new TempDirectory();
        await File.WriteAllTextAsync(origin.Combine("a.txt"), "one");
        var settings = TestService.SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);

        string address;
        await using (var first = await ServiceProcess.StartAsync(settings))
        {
            using var created = await first.Http.PostAsync(
                "/api/sessions", TestService.Json("""{"user_id": 1, "file_path": "a.txt"}"""));
            address = created.Headers.Location!.OriginalString;
            using var saved = await first.Http.PutAsync(address + "/content", new StringContent("two"));
            saved.EnsureSuccessStatusCode();
            first.Kill();
        }

        Assert.Equal("one", await File.ReadAllTextAsync(origin.Combine("a.txt")));
        await using var second = await ServiceProcess.StartAsync(settings);
        Assert.Equal("two", await second.Http.GetStringAsync(address + "/content"));
        using var synced = await second.Http.PostAsync(address + "/sync", null);
        await TestService.DataAsync(synced);
        Assert.Equal("two", await File.ReadAllTextAsync(origin.Combine("a.txt")));
        Assert.Equal(["a.txt"], Directory.GetFiles(origin.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_timer_of_a_restarted_service_writes_back_what_a_killed_one_left()
    {
        using var origin = new TempDirectory();
        await File.WriteAllTextAsync(origin.Combine("a.txt"), "one");
        string[] settings =
        [
            .. TestService.SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path),
            "--Sessions:SyncAfterSeconds", "0",
        ];
        await using (var first = await ServiceProcess.StartAsync(settings))
        {
            using var created = await first.Http.PostAsync(
                "/api/sessions", TestService.Json("""{"user_id": 1, "file_path": "a.txt"}"""));
            using var saved = await first.Http.PutAsync(created.Headers.Location!.OriginalString + "/content", new StringContent("two"));
            saved.EnsureSuccessStatusCode();
            first.Kill();
        }

        await using var second = await ServiceProcess.StartAsync([.. settings, "--Schedules:Frequent", "* * * * * *"]);
        using var watcher = new FileSystemWatcher(origin.Path);
        var changed = new TaskCompletionSource();
        watcher.Renamed += (_, _) => Look();
        watcher.Deleted += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(60));

        void Look()
        {
            if (File.ReadAllText(origin.Combine("a.txt")) == "two") changed.TrySetResult();
        }
    }
}
