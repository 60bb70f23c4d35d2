using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.Benchmarks.Sessions;

/// <summary>A 2 GiB file through every path, with the memory that the service takes for it.</summary>
internal static class LargeFileBenchmark
{
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

        await RandomContent.WriteFileAsync(bench.OriginFile("large.bin"), Length);
        var before = bench.Service.Resident;
        Console.WriteLine($"2 GiB file; resident memory before it {Mebibytes(before)} MiB, promised: grows by less than 64 MiB");
        Uri? session = null;
        await TellAsync("create", async () => session = await client.OpenAsync("large.bin"));
        await TellAsync("save", () => client.SaveAsync(session!, new RandomContent(Length, 7)));
        await TellAsync("read", () => client.ReadAsync(session!));
        await TellAsync("sync", () => client.SyncAsync(session!));
        await client.EndAsync(session!);

        async Task TellAsync(string step, Func<Task> work)
        {
            bench.Service.ResetPeak();
            var start = Stopwatch.GetTimestamp();
            await work();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {step,-8}{seconds,7:0.0} s  {Length / seconds / 1e6,6:0} MB/s  resident memory at most {Mebibytes(bench.Service.Peak)} MiB (grown by {Mebibytes(bench.Service.Peak - before)})"));
        }
    }

    private static string Mebibytes(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);
}
