using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>A client that opens one large file after another, saves it, writes it back and ends; jobs do the copying and writing.</summary>
internal sealed class LargeWork(int writer, Ledger ledger, int seed) : IStormWork
{
    public const string Folder = "large";
    public const int LargeBytes = 9 << 20;

    private readonly Random _random = new(seed);
    private int _files;
    private string? _file;
    private string? _address;
    private Version? _saved;
    private bool _isSynced;

    public int Finished { get; private set; }

    /// <summary>Goes on where the last kill stopped it.</summary>
    public async Task StepAsync(HttpClient http)
    {
        _file ??= Begin();
        _address ??= await OpenAsync(http, _file);
        _saved ??= await SaveAsync(http, _file, _address);
        if (!_isSynced) await SyncAsync(http, _address);
        _isSynced = true;
        Assert.Equal(_saved, ledger.InOrigin(_file));
        using (var ended = await http.DeleteAsync(_address))
            if (ended.StatusCode != HttpStatusCode.NotFound) await TestService.DataAsync(ended);
        File.Delete(ledger.At(_file));
        (_file, _address, _saved, _isSynced) = (null, null, null, false);
        Finished++;
    }

    public async Task VerifyAsync(HttpClient http)
    {
        if (_address is null || _saved is null) return;
        using var answer = await http.GetAsync(_address + "/content");
        // Its end may have been reached just before the kill.
        if (_isSynced && answer.StatusCode == HttpStatusCode.NotFound) return;
        Assert.Equal(_saved, ledger.Recognise(_file!, await answer.Content.ReadAsByteArrayAsync()));
        if (_isSynced) Assert.Equal(_saved, ledger.InOrigin(_file!));
    }

    private string Begin()
    {
        var file = $"{Folder}/{writer}-{++_files}.bin";
        // Made elsewhere, so that whatever is seen happening to the file is the service's doing.
        var made = Path.GetTempFileName();
        File.WriteAllBytes(made, ledger.Send(file, new Version(writer, 0), Size()));
        File.Move(made, ledger.At(file));
        return file;
    }

    private async Task<string> OpenAsync(HttpClient http, string file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sessions")
        {
            Content = TestService.Json($$"""{"user_id": "{{writer}}", "file_path": "{{file}}"}"""),
        };
        // Asked again after a kill, it is the session that the first request made, if it did.
        request.Headers.Add("Idempotency-Key", file);
        using var answer = await http.SendAsync(request);
        var address = $"/api/sessions/{(await TestService.DataAsync(answer)).GetProperty("session_id").GetString()}";
        while ((await DataAsync(http, address)).GetProperty("state").GetString() == "preparing") await Task.Yield();
        Assert.Equal(new Version(writer, 0), ledger.Recognise(file, await http.GetByteArrayAsync(address + "/content")));
        return address;
    }

    private async Task<Version> SaveAsync(HttpClient http, string file, string address)
    {
        var version = new Version(writer, _random.Next(1, int.MaxValue));
        var bytes = ledger.Send(file, version, Size());
        using var answer = await http.PutAsync(address + "/content", new ByteArrayContent(bytes));
        await TestService.DataAsync(answer);
        ledger.Saved();
        return version;
    }

    private async Task SyncAsync(HttpClient http, string address)
    {
        using var answer = await http.PostAsync(address + "/sync", null);
        var data = await TestService.DataAsync(answer);
        if (data.GetProperty("job_id").GetString() is { } job)
            while ((await DataAsync(http, $"/api/jobs/{job}")).GetProperty("state").GetString() == "running") await Task.Yield();
        Assert.False((await DataAsync(http, address)).GetProperty("dirty").GetBoolean());
        ledger.Synced();
    }

    private int Size() => _random.Next(LargeBytes + 1, LargeBytes * 3 / 2);

    private static async Task<JsonElement> DataAsync(HttpClient http, string address) =>
        (await http.GetFromJsonAsync<JsonElement>(address)).GetProperty("data");
}
