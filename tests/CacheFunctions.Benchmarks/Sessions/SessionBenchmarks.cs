namespace CacheFunctions.Benchmarks.Sessions;

/// <summary>Opening, reading, saving and writing back, each beside the same bytes to and from storage alone.</summary>
internal static class SessionBenchmarks
{
    private const int Small = 4 << 10;
    private const int Medium = 1 << 20;
    private const int Large = 64 << 20;

    public static async Task RunAsync(Bench bench)
    {
        var client = new SessionClient(bench);
        foreach (var (name, bytes, turns, times) in new[] { ("4 KiB", Small, 9, 30), ("1 MiB", Medium, 9, 15), ("64 MiB", Large, 9, 1) })
        {
            await RandomContent.WriteFileAsync(bench.OriginFile($"{bytes}.bin"), bytes);
            await bench.PutRawAsync($"{bytes}", new RandomContent(bytes));
            var session = await client.OpenAsync($"{bytes}.bin");
            await Comparison.RunAsync(
                $"save {name}, beside a raw PUT", turns, times,
                i => bench.PutRawAsync($"{bytes}", new RandomContent(bytes, i)),
                i => client.SaveAsync(session, new RandomContent(bytes, i)),
                bytes == Large ? 0.85 : null);
            await Comparison.RunAsync(
                $"read {name} (not hot), beside a raw GET", turns, times,
                _ => bench.ReadAsync(bench.RawUrl($"{bytes}")), _ => client.ReadAsync(session), bytes == Large ? 0.75 : null,
                // A new version is in no cache; and what was just written is as new to storage alone.
                before: async i =>
                {
                    await bench.PutRawAsync($"{bytes}", new RandomContent(bytes, i));
                    await client.SaveAsync(session, new RandomContent(bytes, i));
                });
            await Comparison.RunAsync(
                $"open {name}, beside a raw PUT", turns, times,
                i => bench.PutRawAsync($"{bytes}", new RandomContent(bytes, i)), _ => client.OpenAsync($"{bytes}.bin"), null);
            await Comparison.RunAsync(
                $"save and write back {name}, beside PUT and GET", turns, Math.Max(1, times / 3),
                async i =>
                {
                    await bench.PutRawAsync($"{bytes}", new RandomContent(bytes, i));
                    await bench.ReadAsync(bench.RawUrl($"{bytes}"));
                },
                async i =>
                {
                    await client.SaveAsync(session, new RandomContent(bytes, i));
                    await client.SyncAsync(session);
                },
                null);
            await client.EndAsync(session);
        }
    }
}
