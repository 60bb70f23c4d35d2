using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>Programs that ask one address over and over, each connection as soon as it has its answer.</summary>
internal sealed partial class LoadGenerator
{
    private const int Seconds = 4;

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly Regex _result;

    private LoadGenerator(string program, string[] arguments, Regex result) => (_program, _arguments, _result) = (program, arguments, result);

    /// <summary>GETs by wrk; null when it is not installed, which is said.</summary>
    public static LoadGenerator? Get(int connections) => InstalledProgram.Find("wrk", "wrk") is { } wrk
        ? new(wrk, ["-t", "1", "-c", $"{connections}", "-d", $"{Seconds}s"], WrkResult())
        : null;

    /// <summary>HEADs by ab (wrk waits for the body that the headers tell of); null when it is not installed, which is said.</summary>
    public static LoadGenerator? Head(int connections) => InstalledProgram.Find("ab", "apache2-utils") is { } ab
        // The number of requests is one that is never reached: without it ab stops at 50,000.
        ? new(ab, ["-i", "-k", "-q", "-c", $"{connections}", "-t", $"{Seconds}", "-n", "100000000"], AbResult())
        : null;

    /// <param name="header">Sent with each; null: none.</param>
    /// <exception cref="InvalidOperationException">There were answers other than 2xx and, of wrk, 3xx.</exception>
    public async Task<Measure> RunAsync(Uri address, string? header = null)
    {
        string[] arguments = header is null ? [.. _arguments, address.AbsoluteUri] : [.. _arguments, "-H", header, address.AbsoluteUri];
        using var process = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEndAsync();
        var told = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var result = _result.Match(told);
        if (!result.Success || told.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"{_program} {string.Join(' ', arguments)}: {told}{await said}");
        return new Measure(Number("answers"), TimeSpan.FromSeconds(Number("seconds")));

        double Number(string group) => double.Parse(result.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<answers>\d+) requests in (?<seconds>[0-9.]+)s")]
    private static partial Regex WrkResult();

    [GeneratedRegex(@"Time taken for tests:\s+(?<seconds>[0-9.]+) seconds\s+Complete requests:\s+(?<answers>\d+)")]
    private static partial Regex AbResult();
}
