using CacheFunctions.Benchmarks;
using CacheFunctions.Benchmarks.Catalogue;
using CacheFunctions.Benchmarks.Eviction;
using CacheFunctions.Benchmarks.Hot;
using CacheFunctions.Benchmarks.Peers;
using CacheFunctions.Benchmarks.Sessions;
using CacheFunctions.Benchmarks.Start;

// What this project promises about speed, as numbers: ratios of this service to others beside it, in one run.
var benchmarks = new Dictionary<string, Func<Bench, Task>>
{
    ["sessions"] = SessionBenchmarks.RunAsync,
    ["large"] = LargeFileBenchmark.RunAsync,
    ["hot"] = HotBenchmark.RunAsync,
    ["miss"] = MissBenchmark.RunAsync,
};

// Those that need no service.
var alone = new Dictionary<string, Func<Task>> { ["catalogue"] = CatalogueBenchmark.RunAsync, ["eviction"] = EvictionBenchmark.RunAsync };
if (args is [CatalogueMeasure.Name, var folder])
{
    await CatalogueMeasure.RunAsync(folder);
    return 0;
}

if (args is [BareServer.Name])
{
    await BareServer.RunAsync();
    return 0;
}

// It needs a package that was published before.
if (args is ["start", var package]) return await StartBenchmark.RunAsync(package);

if (args.FirstOrDefault(name => !benchmarks.ContainsKey(name) && !alone.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. Name some of {string.Join(", ", benchmarks.Keys.Concat(alone.Keys))}, or none for all; or start and the folder of a published custom handler.");
    return 2;
}

#if DEBUG
Console.WriteLine("This is a Debug build: run it with -c Release for figures that count.");
#endif
string[] names = args.Length > 0 ? args : [.. benchmarks.Keys, .. alone.Keys];
foreach (var name in names.Where(alone.ContainsKey)) await alone[name]();
if (!names.Any(benchmarks.ContainsKey)) return 0;
await using var bench = await Bench.StartAsync();
foreach (var name in names.Where(benchmarks.ContainsKey)) await benchmarks[name](bench);
return 0;
