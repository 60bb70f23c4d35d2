using System.Net;
using CacheFunctions.Benchmarks.Peers;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>Warm reads under load, beside the bare web server and other caches over the same storage.</summary>
internal static class HotBenchmark
{
    private const int Turns = 5;
    private const int Many = 16;
    private const int Small = 4 << 10;
    private const int Medium = 1 << 20;
    private const int Large = 64 << 20;

    public static async Task RunAsync(Bench bench)
    {
        foreach (var bytes in new[] { Small, Medium, Large })
        {
            await RandomContent.WriteFileAsync(bench.OriginFile($"{bytes}.bin"), bytes);
            await bench.PutRawAsync($"{bytes}", new RandomContent(bytes));
        }

        await using var peers = await AllPeers.StartAsync(bench);
        if (LoadGenerator.Get(Many) is { } get)
        {
            await CompareAsync("warm GET 4 KiB", get, Small, new() { ["bare"] = 0.6, ["rclone"] = 5 });
            await CompareAsync("warm GET 1 MiB", get, Medium, new() { ["bare"] = 0.8, ["rclone"] = 1 });
            await CompareAsync("warm GET 64 MiB, one connection", LoadGenerator.Get(1)!, Large, new() { ["rclone"] = 0.95 });
            await CompareAsync("304, bare: an empty answer", get, Small, new() { ["bare"] = 0.9 }, empty: true, conditional: true);
        }

        if (LoadGenerator.Head(Many) is { } head)
            await CompareAsync("HEAD, bare: an empty answer", head, Small, new() { ["bare"] = 0.9 }, empty: true);

        async Task CompareAsync(
            string name, LoadGenerator load, int bytes, Dictionary<string, double> promised, bool empty = false, bool conditional = false)
        {
            var others = new List<Contender> { new("bare", _ => load.RunAsync(new Uri(peers.Bare.Address, empty ? "/" : $"/{bytes}"))) { Process = peers.Bare.Memory } };
            foreach (var cache in peers.Caches) others.Add(await WithAsync(cache.Name, new Uri(cache.Address, $"/{bytes}"), cache.Memory));
            var service = await WithAsync("service", new Uri(bench.Service.Address, $"/api/cached/content?path={bytes}.bin"), bench.Service.Memory);
            await Comparison.RunAsync(
                name, Turns, 1, service,
                others.Select(other => promised.TryGetValue(other.Name, out var ratio) ? other with { Promised = ratio } : other),
                bytes == Large ? bytes : null);

            async Task<Contender> WithAsync(string who, Uri address, MeasuredProcess process)
            {
                var condition = conditional ? await ConditionAsync(bench.Http, address) : null;
                return new(who, _ => load.RunAsync(address, condition)) { Process = process };
            }
        }
    }

    /// <returns>The header with which an address answers 304: by entity tag, or by time where it tells none.</returns>
    private static async Task<string> ConditionAsync(HttpClient http, Uri address)
    {
        using var whole = await http.GetAsync(address);
        whole.EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (whole.Headers.ETag is { } tag) request.Headers.IfNoneMatch.Add(tag);
        else request.Headers.IfModifiedSince = whole.Content.Headers.LastModified;
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.NotModified) throw new InvalidOperationException($"{address} answers {answer.StatusCode}.");
        return request.Headers.ToString().Trim();
    }
}
