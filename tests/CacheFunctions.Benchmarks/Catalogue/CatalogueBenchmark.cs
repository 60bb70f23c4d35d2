using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.Benchmarks.Catalogue;

/// <summary>How long a catalogue takes to load, how much memory it is, and how fast it answers; each size in a process of its own.</summary>
internal static class CatalogueBenchmark
{
    public static async Task RunAsync()
    {
        Console.WriteLine("promised at 1,000,000 files: load under 1.5 s, under 200 MB; first page under 5 ms, a search under 150 ms");
        foreach (var count in new[] { 100_000, 1_000_000 })
        {
            var folder = Directory.CreateTempSubdirectory("cachefunctions-catalogue-");
            try
            {
                await GeneratedFiles.WriteAsync(count, folder.FullName);
                var bytes = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:n0} files, snapshots of {bytes / 1e6:0.0} MB"));
                using var measure = Process.Start(new ProcessStartInfo(
                    "dotnet", [Path.Combine(AppContext.BaseDirectory, "CacheFunctions.Benchmarks.dll"), CatalogueMeasure.Name, folder.FullName]))!;
                await measure.WaitForExitAsync();
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }
}
