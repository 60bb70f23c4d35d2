using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>A client that saves and syncs one file over and over, and remembers what it was promised.</summary>
/// <param name="isShared">Another session works on the same file.</param>
internal sealed class StormSession(int writer, string file, bool isShared, Ledger ledger, KillMoments moments, int seed) : IStormWork
{
    public const int LargestBytes = 3 << 20;

    private readonly Random _random = new(seed);
    private string _address = "";
    private int _number;
    private int _savedNumber;
    private long _savedVersion = 1;
    private int _syncedNumber;
    private bool _isVerified;

    public string File => file;

    public bool IsShared => isShared;

    public async Task OpenAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/api/sessions", TestService.Json($$"""{"user_id": "{{writer}}", "file_path": "{{file}}"}"""));
        _address = $"/api/sessions/{(await TestService.DataAsync(answer)).GetProperty("session_id").GetString()}";
    }

    public async Task StepAsync(HttpClient http)
    {
        var saving = SaveAsync(http);
        // Some write backs run beside a save, so that their session changes under them.
        if (_random.Next(3) == 0) await Task.WhenAll(saving, SyncAsync(http));
        await saving;
        if (_random.Next(4) != 0) await SyncAsync(http);
    }

    public async Task SaveAsync(HttpClient http)
    {
        _isVerified = false;
        var version = new Version(writer, ++_number);
        var bytes = ledger.Send(file, version, _random.Next(LargestBytes / 3, LargestBytes));
        using var answer = await http.PutAsync(_address + "/content", new WatchedContent(bytes, () => moments.Signal(Moment.Saving)));
        var saved = (await TestService.DataAsync(answer)).GetProperty("version").GetInt64();
        (_savedNumber, _savedVersion) = (version.Number, saved);
        ledger.Saved();
        moments.Signal(Moment.Saved);
    }

    /// <summary>What was acknowledged is there, byte for byte, or what was sent after it.</summary>
    public async Task VerifyAsync(HttpClient http)
    {
        if (_isVerified) return;
        var newest = await ContentAsync(http);
        Assert.True(newest.Number >= _savedNumber, $"{file}: {newest} is newest, but {_savedNumber} was acknowledged");
        if (_savedNumber > 0)
        {
            var saved = ledger.Recognise(file, await http.GetByteArrayAsync($"{_address}/content?version={_savedVersion}"));
            Assert.Equal(new Version(writer, _savedNumber), saved);
        }

        var origin = ledger.InOrigin(file);
        if (!isShared) Assert.True(origin.Number >= _syncedNumber, $"{file}: the origin has {origin}, but {_syncedNumber} was written back");
        _isVerified = true;
    }

    public async Task<bool> IsDirtyAsync(HttpClient http) => (await InfoAsync(http)).GetProperty("dirty").GetBoolean();

    /// <summary>The newest version is in the origin, or where the session says that it was kept.</summary>
    public async Task IsInOriginAsync(HttpClient http)
    {
        var kept = (await InfoAsync(http)).GetProperty("conflict_copy").GetString();
        Assert.Equal(await ContentAsync(http), ledger.InOrigin(kept?["/mnt/nas/".Length..] ?? file));
    }

    public async Task SyncAsync(HttpClient http, bool keepBoth = false)
    {
        _isVerified = false;
        var before = _savedNumber;
        var choice = keepBoth || _random.Next(4) == 0 ? "keep_both" : "overwrite";
        using var answer = await http.PostAsync(_address + "/sync", isShared ? TestService.Json($$"""{"on_conflict": "{{choice}}"}""") : null);
        // Only where another session works on the file may there be reason to wait.
        if (isShared && !keepBoth && answer.StatusCode is HttpStatusCode.Locked or HttpStatusCode.Conflict) return;
        await TestService.DataAsync(answer);
        _syncedNumber = before;
        ledger.Synced();
    }

    private async Task<Version> ContentAsync(HttpClient http)
    {
        var version = ledger.Recognise(file, await http.GetByteArrayAsync(_address + "/content"));
        // What all sessions of the file began with is nobody's.
        Assert.True(version.Number == 0 || version.Writer == writer, $"{file}: {version} in the session of {writer}");
        return version;
    }

    private async Task<JsonElement> InfoAsync(HttpClient http) => (await http.GetFromJsonAsync<JsonElement>(_address)).GetProperty("data");
}
