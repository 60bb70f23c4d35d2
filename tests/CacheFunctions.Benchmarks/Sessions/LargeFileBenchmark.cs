using CacheFunctions.Benchmarks.Peers;

namespace CacheFunctions.Benchmarks.Sessions;

/// <summary>
/// A 2 GiB file through every path of a session, with the memory that each takes for it: of the service it is promised to grow
/// by less than 64 MiB. Read from storage each time, since none of the caches is that large, but for what the bare server has in memory.
/// </summary>
internal static class LargeFileBenchmark
{
    private const int Turns = 3;
    private const string Name = "large.bin";
    private const long Length = 2L << 30;

    public static async Task RunAsync(Bench bench)
    {
        var client = new SessionClient(bench);
        await RandomContent.WriteFileAsync(bench.OriginFile("warm.bin"), 20 << 20);
        for (var i = 0; i < 5; i++)
        {
            var warm = await client.OpenAsync("warm.bin");
            await client.SaveAsync(warm, new RandomContent(20 << 20, i));
            await client.ReadAsync(warm);
            await client.SyncAsync(warm);
            await client.EndAsync(warm);
        }

        await using var peers = await AllPeers.StartAsync(bench);
        await RandomContent.WriteFileAsync(bench.OriginFile(Name), Length);
        Uri session = null!;
        await CompareAsync("create a session", 1, async _ => session = await client.OpenAsync(Name));
        await CompareAsync(
            "save", Turns, use => client.SaveAsync(session, new RandomContent(Length, use)),
            Contender.Timed("storage", use => bench.PutRawAsync(Name, new RandomContent(Length, use))),
            Bare(async use =>
            {
                using var answer = await bench.Http.PutAsync(peers.Bare.Address, new RandomContent(Length, use));
                answer.EnsureSuccessStatusCode();
            }));
        await CompareAsync(
            "read", Turns, _ => client.ReadAsync(session),
            [
                Contender.Timed("storage", _ => bench.ReadAsync(bench.RawUrl(Name))),
                Bare(_ => bench.ReadAsync(new Uri(peers.Bare.Address, $"/{Length}"))),
                .. peers.Caches.Select(cache => Contender.Timed(cache.Name, use => bench.ReadAsync(new Uri(cache.Address, $"/{cache.Name}.{use}"))) with
                {
                    Before = async use =>
                    {
                        await bench.CopyRawAsync(Name, $"{cache.Name}.{use}");
                        await cache.RefreshAsync(bench.Http);
                    },
                    Process = cache.Memory,
                }),
            ]);
        await CompareAsync("write back", 1, _ => client.SyncAsync(session));
        await client.EndAsync(session);

        Task CompareAsync(string step, int turns, Func<int, Task> work, params IEnumerable<Contender> others) =>
            Comparison.RunAsync(
                $"2 GiB, {step}", turns, 1, Contender.Timed("service", work) with { Process = bench.Service.Memory }, others, Length, warm: false);

        Contender Bare(Func<int, Task> work) => Contender.Timed("bare", work) with { Process = peers.Bare.Memory };
    }
}
