using System.Diagnostics;

namespace CacheFunctions.IntegrationTests;

/// <summary>A program of this machine.</summary>
internal static class Tool
{
    /// <returns>Where it is; null: it is not installed.</returns>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <param name="environment">For it alone.</param>
    /// <returns>What it wrote; it must end well.</returns>
    public static async Task<byte[]> RunAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            using var output = new MemoryStream();
            var errors = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.BaseStream.CopyToAsync(output).WaitAsync(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{await errors}");
            return output.ToArray();
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
