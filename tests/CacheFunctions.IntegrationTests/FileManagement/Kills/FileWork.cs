using System.Net;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Sessions.Kills;
using CacheFunctions.IntegrationTests.Uploads;
using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.FileManagement.Kills;

/// <summary>A client that replaces one file over and over, and remembers what it was promised.</summary>
/// <param name="isResumable">By uploads that it goes on with after a kill.</param>
/// <param name="sent">Told of every piece that is sent, and of every answer.</param>
internal sealed class FileWork(int writer, bool isResumable, Ledger ledger, Action sent, int seed) : IStormWork
{
    private const int LargestBytes = 12 << 20;

    private readonly string _file = $"{writer}.bin";
    private readonly Random _random = new(seed);
    private (string Address, byte[] Bytes, int Number)? _upload;
    private int _number;
    private int _acknowledged;

    /// <summary>How often an upload was gone on with that a kill had broken off.</summary>
    public int Resumed { get; private set; }

    public int Acknowledged => _acknowledged;

    private string Address => $"/api/files/storm/app/{_file}";

    public async Task StepAsync(HttpClient http)
    {
        if (isResumable) await UploadAsync(http);
        else await PutAsync(http);
    }

    /// <summary>What was acknowledged is there, or what was sent after it: one whole version.</summary>
    public async Task VerifyAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(Address + "?use_cache=false");
        var there = answer.StatusCode == HttpStatusCode.NotFound ? 0 : ledger.Recognise(_file, await ReadAsync(answer)).Number;
        Assert.True(there >= _acknowledged, $"{_file}: version {there} is there, but {_acknowledged} was acknowledged");
    }

    private async Task PutAsync(HttpClient http)
    {
        var (bytes, number) = Next();
        using var answer = await http.PutAsync($"{Address}?compress={(number % 2 == 0 ? "true" : "false")}", new WatchedContent(bytes, sent));
        await TestService.DataAsync(answer);
        Acknowledge(number);
    }

    private async Task UploadAsync(HttpClient http)
    {
        var offset = 0L;
        if (_upload is null)
        {
            var (bytes, number) = Next();
            _upload = (await TusClient.BeginAsync(http, bytes.Length, TusClient.Metadata(("domain", "storm"), ("level", "app"), ("filename", _file))), bytes, number);
        }
        else
        {
            offset = await TusClient.OffsetAsync(http, _upload.Value.Address);
            Resumed++;
        }

        var (address, content, version) = _upload.Value;
        while (offset < content.Length)
        {
            var length = (int)Math.Min(content.Length - offset, _random.Next(100_000, 6 << 20));
            var piece = content.AsSpan((int)offset, length).ToArray();
            using var answer = await TusClient.PatchAsync(http, address, offset, new WatchedContent(piece, sent));
            // What the killed process was sent may still have come to storage.
            if (answer.StatusCode == HttpStatusCode.Conflict) offset = await TusClient.OffsetAsync(http, address);
            else Assert.True(answer.StatusCode == HttpStatusCode.NoContent, $"{_file}: {answer}");
            if (answer.StatusCode == HttpStatusCode.NoContent) offset += length;
        }

        _upload = null;
        Acknowledge(version);
    }

    private (byte[] Bytes, int Number) Next() => (ledger.Send(_file, new Version(writer, ++_number), _random.Next(1_000, LargestBytes)), _number);

    private void Acknowledge(int number)
    {
        _acknowledged = number;
        ledger.Saved();
        sent();
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer}");
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
