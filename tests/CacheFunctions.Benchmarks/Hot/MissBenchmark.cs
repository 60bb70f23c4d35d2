using CacheFunctions.Benchmarks.Peers;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>
/// First reads of what is in no cache, beside storage alone, the bare web server and other caches over the same storage. Each
/// is given a new file before each read; the bare server answers from memory, as it always does.
/// </summary>
internal static class MissBenchmark
{
    private const int Small = 4 << 10;
    private const int Medium = 1 << 20;
    private const int Large = 64 << 20;

    public static async Task RunAsync(Bench bench)
    {
        await using var peers = await AllPeers.StartAsync(bench);
        foreach (var (name, bytes, times) in new[] { ("4 KiB", Small, 30), ("1 MiB", Medium, 15), ("64 MiB", Large, 1) })
        {
            var service = Contender.Timed("service", use => bench.ReadAsync(File(use))) with
            {
                Before = async use =>
                {
                    using var answer = await bench.Http.PutAsync(File(use), new RandomContent(bytes, use));
                    answer.EnsureSuccessStatusCode();
                },
                Process = bench.Service.Memory,
            };
            var storage = Contender.Timed("storage", _ => bench.ReadAsync(bench.RawUrl($"{bytes}"))) with
            {
                Before = use => bench.PutRawAsync($"{bytes}", new RandomContent(bytes, use)),
                Promised = bytes == Large ? 0.75 : null,
            };
            var bare = Contender.Timed("bare", _ => bench.ReadAsync(new Uri(peers.Bare.Address, $"/{bytes}"))) with { Process = peers.Bare.Memory };
            var caches = peers.Caches.Select(cache =>
                Contender.Timed(cache.Name, use => bench.ReadAsync(new Uri(cache.Address, Name(cache, use)))) with
                {
                    Before = async use =>
                    {
                        await bench.PutRawAsync(Name(cache, use), new RandomContent(bytes, use));
                        await cache.RefreshAsync(bench.Http);
                    },
                    Process = cache.Memory,
                });
            await Comparison.RunAsync($"miss {name}", 9, times, service, [storage, bare, .. caches], bytes == Large ? bytes : null);

            Uri File(int use) => new(bench.Service.Address, $"/api/files/bench/app/{bytes}.{use}?encrypt=false&cache_content=false");

            string Name(Peer cache, int use) => $"{cache.Name}.{bytes}.{use}";
        }
    }
}
