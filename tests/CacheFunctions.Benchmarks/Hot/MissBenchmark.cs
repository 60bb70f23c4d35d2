using CacheFunctions.Benchmarks.Peers;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>
/// First reads of what is in no cache, beside storage alone, the bare web server and other caches over the same storage. Each
/// is given a new file before each read, a copy within storage that takes no room there; the bare server answers from memory, as
/// it always does. Large files the caches write to a disk: where a machine must first get the memory for that, all of them
/// fall behind storage alone.
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
            await bench.PutRawAsync($"{bytes}", new RandomContent(bytes));
            var service = Of("service", name => new Uri(bench.Service.Address, $"/api/files/{name}"), bench.Service.Memory);
            var storage = Of("storage", bench.RawUrl, null) with { Promised = bytes == Large ? 0.75 : null };
            var bare = Contender.Timed("bare", _ => bench.ReadAsync(new Uri(peers.Bare.Address, $"/{bytes}"))) with { Process = peers.Bare.Memory };
            var caches = peers.Caches.Select(cache => Of(cache.Name, name => new Uri(cache.Address, name), cache.Memory, cache));
            await Comparison.RunAsync($"miss {name}", 9, times, service, [storage, bare, .. caches], bytes == Large ? bytes : null);

            Contender Of(string who, Func<string, Uri> address, MeasuredProcess? process, Peer? cache = null)
            {
                return Contender.Timed(who, use => bench.ReadAsync(address(File(use)))) with { Before = CopyAsync, Process = process };

                string File(int use) => $"bench/app/{who}.{bytes}.{use}";

                async Task CopyAsync(int use)
                {
                    await bench.CopyRawAsync($"{bytes}", File(use));
                    if (cache is not null) await cache.RefreshAsync(bench.Http);
                }
            }
        }
    }
}
