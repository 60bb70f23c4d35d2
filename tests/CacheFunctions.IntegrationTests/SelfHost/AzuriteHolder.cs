using System.Diagnostics;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.IntegrationTests.SelfHost;

/// <summary>A process that runs an Azurite until it is killed.</summary>
internal sealed record AzuriteHolder(Process Process, string ConnectionString, int AzuriteProcessId) : IDisposable
{
    public static async Task<AzuriteHolder> StartAsync(string directory)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(AzuriteHolder).Assembly.Location, "hold-azurite", directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var connectionString = await process.StandardOutput.ReadLineAsync();
        var azurite = await process.StandardOutput.ReadLineAsync();
        Assert.NotNull(azurite);
        return new AzuriteHolder(process, connectionString!, int.Parse(azurite, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The other side: what the process does.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        var installation = await new AzuriteInstaller(Console.Error.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        await using var azurite = await AzuriteProcess.StartAsync(installation, directory, TimeProvider.System, default);
        Console.WriteLine(azurite.ConnectionString);
        Console.WriteLine(azurite.ProcessId);
        await azurite.Exited;
        return 1;
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.Dispose();
    }
}
