using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>
/// Warm reads, under load from wrk on the same machine, in turns with the bare web server and, where they are installed, with
/// rclone, which serves the same bytes from the same storage through its own cache, and nginx, which has them as files.
/// </summary>
internal static partial class HotBenchmark
{
    private const int Turns = 5;
    private const int SecondsPerTurn = 4;

    public static IReadOnlyList<int> Sizes { get; } = [4 << 10, 1 << 20, 64 << 20];

    public static async Task RunAsync(Bench bench)
    {
        if (Find("wrk") is not { } wrk)
        {
            Console.WriteLine("Left out: warm reads. They need wrk; it is in the package wrk of Debian.");
            return;
        }

        // Before rclone looks, which remembers what it has seen.
        foreach (var size in Sizes)
        {
            await RandomContent.WriteFileAsync(bench.OriginFile($"{size}.bin"), size);
            await bench.PutRawAsync($"{size}", new RandomContent(size));
        }

        await using var bare = await ServiceUnderTest.StartAsync("CacheFunctions.Benchmarks.dll", BareServer.Name);
        await using var rclone = Find("rclone") is { } program ? await Peer.RcloneAsync(program, bench.RawUrlOfAll()) : null;
        if (rclone is null) Console.WriteLine("Left out: rclone. It is in the package rclone of Debian.");
        await using var nginx = Find("nginx") is { } web ? await Peer.NginxAsync(web, Sizes.Select(size => ($"{size}", size))) : null;
        if (nginx is null) Console.WriteLine("Left out: nginx. It is in the package nginx-light of Debian.");
        var peers = new[] { rclone, nginx }.OfType<Peer>().ToList();
        foreach (var size in Sizes)
        {
            var ours = new Uri(bench.Service.Address, $"/api/cached/content?path={size}.bin");
            // The second look at the record is what is kept.
            for (var i = 0; i < 3; i++) await bench.ReadAsync(ours);
            foreach (var peer in peers) await bench.ReadAsync(new Uri(peer.Address, $"/{size}"));
            var connections = size == Sizes[^1] ? 1 : 16;
            var rates = new Dictionary<string, List<double>>();
            for (var turn = 0; turn < Turns; turn++)
            {
                await MeasureAsync("bare", new Uri(bare.Address, $"/{size}"));
                foreach (var peer in peers) await MeasureAsync(peer.Name, new Uri(peer.Address, $"/{size}"));
                await MeasureAsync("service", ours);
            }

            Tell($"warm GET {size >> 10} KiB, {connections} connections", rates);

            async Task MeasureAsync(string who, Uri address)
            {
                if (!rates.TryGetValue(who, out var rate)) rates[who] = rate = [];
                rate.Add(await LoadAsync(wrk, address, connections));
            }
        }

        await NotModifiedAsync(bench, wrk, bare);
        await HeadAsync(bench, bare);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident {bench.Service.Resident >> 20} MiB, at most {bench.Service.Peak >> 20} MiB"));
    }

    private static async Task NotModifiedAsync(Bench bench, string wrk, ServiceUnderTest bare)
    {
        var ours = new Uri(bench.Service.Address, $"/api/cached/content?path={Sizes[0]}.bin");
        using var answer = await bench.Http.GetAsync(ours);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{ours} answers {answer.StatusCode}.");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"wrk.headers[\"If-None-Match\"] = '{answer.Headers.ETag}'");
        var rates = new Dictionary<string, List<double>> { ["bare"] = [], ["service"] = [] };
        for (var turn = 0; turn < Turns; turn++)
        {
            rates["bare"].Add(await LoadAsync(wrk, new Uri(bare.Address, "/nothing"), 16, file));
            rates["service"].Add(await LoadAsync(wrk, ours, 16, file));
        }

        Tell("304, beside an empty answer", rates);
        File.Delete(file);
    }

    /// <summary>Not by wrk, which waits for the body that the headers tell of.</summary>
    private static async Task HeadAsync(Bench bench, ServiceUnderTest bare)
    {
        if (Find("ab") is not { } ab)
        {
            Console.WriteLine("Left out: HEAD. It needs ab; it is in the package apache2-utils of Debian.");
            return;
        }

        var rates = new Dictionary<string, List<double>> { ["bare"] = [], ["service"] = [] };
        for (var turn = 0; turn < Turns; turn++)
        {
            rates["bare"].Add(await HeadsAsync(new Uri(bare.Address, "/nothing")));
            rates["service"].Add(await HeadsAsync(new Uri(bench.Service.Address, $"/api/cached/content?path={Sizes[0]}.bin")));
        }

        Tell("HEAD, beside an empty answer", rates);

        // The number of requests is one that is never reached: without it ab stops at 50,000.
        Task<double> HeadsAsync(Uri address) => RunAsync(
            ab, AbRate(), ["-i", "-k", "-q", "-c", "16", "-t", $"{SecondsPerTurn}", "-n", "100000000", address.AbsoluteUri], "Non-2xx");
    }

    private static void Tell(string name, Dictionary<string, List<double>> rates)
    {
        var ours = rates["service"];
        var text = string.Create(CultureInfo.InvariantCulture, $"{name,-44} service {Median(ours),9:0.0}/s");
        foreach (var (who, theirs) in rates.Where(rate => rate.Key != "service"))
        {
            var ratios = ours.Zip(theirs, (one, other) => one / other).Order().ToList();
            text += string.Create(CultureInfo.InvariantCulture, $"  {who} {Median(theirs):0.0}/s, ratio {Median(ours) / Median(theirs):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
        }

        Console.WriteLine(text);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <returns>Answers a second.</returns>
    private static Task<double> LoadAsync(string wrk, Uri address, int connections, string? script = null)
    {
        string[] arguments = ["-t", "1", "-c", $"{connections}", "-d", $"{SecondsPerTurn}s", address.AbsoluteUri];
        return script is null ? RunAsync(wrk, WrkRate(), arguments, "Non-2xx") : RunAsync(wrk, WrkRate(), ["-s", script, .. arguments], null);
    }

    /// <param name="wrong">What it says if the answers were not those that are to be measured.</param>
    private static async Task<double> RunAsync(string program, Regex rate, string[] arguments, string? wrong)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var told = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var match = rate.Match(told);
        if (!match.Success || (wrong is not null && told.Contains(wrong, StringComparison.Ordinal))) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {told}");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string? Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex WrkRate();

    [GeneratedRegex(@"Requests per second:\s+([0-9.]+)")]
    private static partial Regex AbRate();
}
