using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Client;

/// <summary>Live events as a client hears them, over HTTP.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task What_happens_is_heard_and_what_was_missed_is_heard_from_the_cursor_on()
    {
        await using var service = await TestService.StartAsync("--Keys:Function:default", "the-key");
        service.Put("film.mkv", "a film");
        using var client = new CacheClient(service.Http.BaseAddress!, new CacheClientOptions { Key = "the-key" });
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        await using var hearing = client.Events.ReadAsync(new EventQuery { Types = [CacheEventType.CacheFileAdded] }, enough.Token).GetAsyncEnumerator(enough.Token);
        var next = hearing.MoveNextAsync().AsTask();
        // A stream tells of what comes after it was opened; which that is, nobody outside can know. So files come until one is heard of.
        for (var i = 0; !next.IsCompleted; i++)
        {
            service.Put($"film{i}.mkv", "a film");
            await client.CachedFiles.AddAsync(new NewCachedFile { FilePath = $"/mnt/nas/film{i}.mkv" });
            await Task.WhenAny(next, Task.Delay(500, enough.Token));
        }

        Assert.True(await next);
        var heard = hearing.Current;
        Assert.StartsWith("film", heard.File!.FilePath[(heard.File.FilePath.LastIndexOf('/') + 1)..], StringComparison.Ordinal);
        var missed = (await client.CachedFiles.AddAsync(new NewCachedFile { FilePath = "/mnt/nas/film.mkv" })).Value!;
        await foreach (var happened in client.Events.ReadAsync(new EventQuery { After = heard.Cursor }, enough.Token))
            if (happened.File?.FilePath == missed.FilePath) break;
    }
}
