namespace CacheFunctions.Benchmarks.Sessions;

/// <summary>Opening, saving and writing back, each beside the same bytes to and from storage alone.</summary>
internal static class SessionBenchmarks
{
    private const int Turns = 9;
    private const int Small = 4 << 10;
    private const int Medium = 1 << 20;
    private const int Large = 64 << 20;

    public static async Task RunAsync(Bench bench)
    {
        var client = new SessionClient(bench);
        foreach (var (name, bytes, times) in new[] { ("4 KiB", Small, 30), ("1 MiB", Medium, 15), ("64 MiB", Large, 1) })
        {
            await RandomContent.WriteFileAsync(bench.OriginFile($"{bytes}.bin"), bytes);
            var session = await client.OpenAsync($"{bytes}.bin");
            await CompareAsync(
                "save", times, use => client.SaveAsync(session, new RandomContent(bytes, use)), PutAsync, bytes == Large ? 0.85 : null);
            await CompareAsync("open (storage: a PUT)", times, _ => client.OpenAsync($"{bytes}.bin"), PutAsync);
            await CompareAsync(
                "save and write back (storage: a PUT and a GET)", Math.Max(1, times / 3),
                async use =>
                {
                    await client.SaveAsync(session, new RandomContent(bytes, use));
                    await client.SyncAsync(session);
                },
                async use =>
                {
                    await PutAsync(use);
                    await bench.ReadAsync(bench.RawUrl($"{bytes}"));
                });
            await client.EndAsync(session);

            Task PutAsync(int use) => bench.PutRawAsync($"{bytes}", new RandomContent(bytes, use));

            Task CompareAsync(string work, int each, Func<int, Task> service, Func<int, Task> storage, double? promised = null) =>
                Comparison.RunAsync(
                    $"{name}, {work}", Turns, each, Contender.Timed("service", service) with { Process = bench.Service.Memory },
                    [Contender.Timed("storage", storage) with { Promised = promised }]);
        }
    }
}
