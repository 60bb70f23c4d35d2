using CacheFunctions.Benchmarks;
using CacheFunctions.Benchmarks.Sessions;

// What this project promises about speed, as numbers: ratios of this service to its storage alone, in one run.
var benchmarks = new Dictionary<string, Func<Bench, Task>>
{
    ["sessions"] = SessionBenchmarks.RunAsync,
    ["large"] = LargeFileBenchmark.RunAsync,
};
if (args.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. Name some of {string.Join(", ", benchmarks.Keys)}, or none for all.");
    return 2;
}

#if DEBUG
Console.WriteLine("This is a Debug build: run it with -c Release for figures that count.");
#endif
await using var bench = await Bench.StartAsync();
foreach (var name in args.Length > 0 ? args : [.. benchmarks.Keys]) await benchmarks[name](bench);
return 0;
