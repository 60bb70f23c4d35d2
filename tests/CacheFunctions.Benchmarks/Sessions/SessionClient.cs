using System.Text;
using System.Text.Json;

namespace CacheFunctions.Benchmarks.Sessions;

/// <summary>The calls of a session, and nothing else.</summary>
internal sealed class SessionClient(Bench bench)
{
    public async Task<Uri> OpenAsync(string filePath)
    {
        using var body = new StringContent($$"""{"user_id": 1, "file_path": "{{filePath}}"}""", Encoding.UTF8, "application/json");
        using var answer = await bench.Http.PostAsync(new Uri(bench.Service.Address, "/api/sessions"), body);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var address = new Uri(bench.Service.Address, $"/api/sessions/{json.RootElement.GetProperty("data").GetProperty("session_id").GetString()}");
        await UntilAsync(address, "preparing");
        return address;
    }

    public async Task SaveAsync(Uri session, HttpContent content)
    {
        using var answer = await bench.Http.PutAsync(new Uri($"{session}/content"), content);
        answer.EnsureSuccessStatusCode();
    }

    public Task<long> ReadAsync(Uri session) => bench.ReadAsync(new Uri($"{session}/content"));

    public async Task SyncAsync(Uri session)
    {
        using var answer = await bench.Http.PostAsync(new Uri($"{session}/sync"), null);
        answer.EnsureSuccessStatusCode();
        await UntilAsync(session, "syncing");
    }

    public async Task EndAsync(Uri session)
    {
        using var answer = await bench.Http.DeleteAsync(session);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits for as long as the session is in a state.</summary>
    private async Task UntilAsync(Uri session, string state)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using var json = JsonDocument.Parse(await bench.Http.GetStringAsync(session));
            if (json.RootElement.GetProperty("data").GetProperty("state").GetString() != state) return;
            await timer.WaitForNextTickAsync();
        }
    }
}
