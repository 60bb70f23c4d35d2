using CacheFunctions.Client;
using CacheFunctions.Events.Relay;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Sessions.Kills;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Events.EventClient;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Events;

/// <summary>What a topic is told, by a service that is killed, and through a topic that is down.</summary>
public sealed class PublishingTests(ITestOutputHelper output)
{
    private const int Kills = 30;
    private const int Files = 6;

    [Fact]
    public async Task What_happens_is_published_as_CloudEvents()
    {
        await using var topic = await LocalTopic.StartAsync();
        await using var service = await TestService.StartAsync(topic.Settings);
        service.Put("a.txt", "one");
        var session = await service.OpenAsync("a.txt");
        using var locked = await service.Http.PostAsync($"/api/sessions/{session}/lock", Json("""{"user_id": "1"}"""));
        await DataAsync(locked);
        using var saved = await service.Http.PutAsync($"/api/sessions/{session}/content", new StringContent("two"));
        await DataAsync(saved);
        service.Put("a.txt", "three");
        using var conflict = await service.Http.PostAsync($"/api/sessions/{session}/sync", null);
        await ErrorAsync(409, "conflict", conflict);
        using var stored = await service.Http.PutAsync("/api/files/blog/app/a", new StringContent("text"));
        await DataAsync(stored);
        using var content = await service.Http.PutAsync("/cache/content/folder/a", new StringContent("text"));
        await DataAsync(content);
        using var registered = await service.Http.PostAsync("/cache/register/folder", null);
        await DataAsync(registered);
        using var cached = await service.Http.PostAsync("/api/cached/files", Json("""{"file_path": "a.txt", "user_id": "user1", "triggered_by_operation": "watchlist"}"""));
        var id = (await DataAsync(cached)).GetProperty("id").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/cached/files/{id}") { Content = Json("""{"reason": "manual_cleanup", "user_id": "user1"}""") };
        using var removed = await service.Http.SendAsync(request);
        await DataAsync(removed);

        string[] expected =
        [
            "session_created", "lock_acquired", "session_saved", "session_conflict", "file_uploaded", "directory_registered",
            "cache_file_added", "cache_file_removed", "cache_statistics_updated",
        ];
        await UntilAsync(() => expected.All(topic.Types.Contains));
        Assert.Empty(topic.Wrong);
        var gone = topic.Received.Single(told => told.GetProperty("type").GetString() == "cache_file_removed");
        Assert.Equal(
            $$"""{"file_path":"a.txt","action":"removed","user_id":"user1","reason":"manual_cleanup","operation":"file_removed","file_id":"{{id}}"}""",
            gone.GetProperty("data").GetRawText());
        Assert.Equal("a.txt", gone.GetProperty("subject").GetString());
        Assert.StartsWith("/cachefunctions/t", gone.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("/catalogue", gone.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal((await LogAsync(service.Http))[^1].Id, gone.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_a_topic_refuses_is_published_when_it_is_back()
    {
        await using var topic = await LocalTopic.StartAsync();
        topic.IsDown = true;
        await using var service = await TestService.StartAsync(topic.Settings);
        service.Put("a.txt", "one");
        await service.OpenAsync("a.txt");
        await UntilAsync(() => topic.Refused > 3);
        // It is told, but the instance goes on to be asked.
        await UntilAsync(async () => (await ReadyAsync()).Status == "degraded");
        var told = (await ReadyAsync()).Checks;
        Assert.Equal(("ok", "ok"), (told["tables"].GetString(), told["blobs"].GetString()));
        Assert.Matches(@"^The topic \(Events:TopicEndpoint\) did not take events \(503\)\. So it is since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.$", told["events"].GetString());
        topic.IsDown = false;
        await UntilAsync(() => topic.Types.Contains("session_created"));
        Assert.Equal(0, await service.Services.GetRequiredService<EventRelay>().RunAllAsync(default));
        Assert.Single(topic.Types, "session_created");
        Assert.Equal(("ready", "ok"), await ReadyAsync() is var ready ? (ready.Status, ready.Checks["events"].GetString()) : default);

        Task<ReadyInfo> ReadyAsync() => service.Client.Service.GetReadyAsync();
    }

    [Fact]
    public async Task No_event_is_lost_however_often_the_service_is_killed()
    {
        using var origin = new TempDirectory();
        await using var topic = await LocalTopic.StartAsync();
        await using var killed = new KilledService([.. SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path), .. topic.Settings]);
        var random = new Random(1);
        var ids = new List<string>();
        var changes = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var service = await killed.NextAsync();
            for (var i = ids.Count; i < Files; i++)
            {
                await File.WriteAllTextAsync(origin.Combine($"f{i}"), "text");
                using var added = await service.Http.PostAsync("/api/cached/files", Json($$"""{"file_path": "f{{i}}"}"""));
                ids.Add((await DataAsync(added)).GetProperty("id").GetString()!);
            }

            // Killed while changes are under way: after so many were acknowledged, or when a batch was taken and the place not moved.
            var left = kill % 2 == 0 ? random.Next(1, 12) : 1;
            var taken = kill % 2 == 0 ? Task.CompletedTask : topic.TakeNextInSilenceAsync();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var working = ids.Select(id => killed.WorkAsync(new Pinning(id, () =>
            {
                Interlocked.Increment(ref changes);
                if (Interlocked.Decrement(ref left) == 0) reached.SetResult();
            }).StepAsync)).ToList();
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await taken;
            killed.Kill();
            await Task.WhenAll(working);
        }

        var before = topic.Received.Select(told => told.GetProperty("id").GetString()!).ToHashSet();
        await using var last = await killed.LastAsync();
        var log = await LogAsync(last.Http);
        var late = log.Count(operation => !before.Contains(operation.Id));
        using var ran = await last.Http.PostAsync("/RunFrequent", Json("""{"Data": {"timer": {"ScheduleStatus": null, "IsPastDue": false}}}"""));
        ran.EnsureSuccessStatusCode();

        Assert.Empty(topic.Wrong);
        var received = topic.Received.Where(told => told.GetProperty("type").GetString() != "cache_statistics_updated").ToList();
        var firsts = received.Select(told => told.GetProperty("id").GetString()!).Distinct().ToList();
        Assert.True(log.Count >= changes + Files, $"{changes} changes were acknowledged, and {log.Count} are in the log.");
        Assert.Equal(log.Select(operation => operation.Id).Order(StringComparer.Ordinal), firsts.Order(StringComparer.Ordinal));
        foreach (var shard in firsts.GroupBy(id => id[..id.LastIndexOf('-')]))
            Assert.Equal(shard.OrderBy(Number), shard);
        Assert.All(
            received.GroupBy(told => told.GetProperty("id").GetString()),
            same => Assert.Single(same.Select(told => told.GetRawText()).Distinct()));
        Assert.Equal("cache_statistics_updated", topic.Types.Last());
        // What was taken before a kill was told again by the next.
        Assert.True(received.Count > firsts.Count);
        output.WriteLine($"{Kills} kills, {changes} changes acknowledged, {log.Count} in the log, {late} unpublished after the last kill, {received.Count - firsts.Count} told again");

        static long Number(string id) => long.Parse(id[(id.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What the catalogue's log tells, oldest first.</summary>
    private static async Task<List<(string Id, string Type)>> LogAsync(HttpClient http)
    {
        var all = new List<(string, string)>();
        for (string? cursor = ""; cursor is not null;)
        {
            using var answer = await http.GetAsync("/api/cached/operations?limit=500" + (cursor.Length > 0 ? "&cursor=" + cursor : ""));
            var page = await DataAsync(answer);
            all.AddRange(page.GetProperty("operations").EnumerateArray().Select(each => (each.GetProperty("id").GetString()!, each.GetProperty("operation_type").GetString()!)));
            cursor = page.GetProperty("pagination").GetProperty("cursor").GetString();
        }

        all.Reverse();
        return all;
    }

    /// <summary>Pins a file and lets it go again and again: one transaction each.</summary>
    private sealed class Pinning(string id, Action done)
    {
        private bool? _isPinned;

        public async Task StepAsync(HttpClient http)
        {
            var pin = _isPinned != true;
            using var answer = await (pin ? http.PutAsync($"/api/cached/files/{id}/pin", null) : http.DeleteAsync($"/api/cached/files/{id}/pin"));
            await DataAsync(answer);
            // The first may find the file as it wants it.
            if (_isPinned is not null) done();
            _isPinned = pin;
        }
    }
}
