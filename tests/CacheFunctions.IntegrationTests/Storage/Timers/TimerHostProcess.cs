using System.Diagnostics;
using Azure.Storage.Blobs;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.Storage.Timers;
using CacheFunctions.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.Storage.Timers;

/// <summary>A process that runs a timer each second and prints "ran" each time.</summary>
internal sealed class TimerHostProcess : IDisposable
{
    private TimerHostProcess(Process process) => Process = process;

    public Process Process { get; }

    public static TimerHostProcess Start(string connectionString) => new(Process.Start(
        new ProcessStartInfo("dotnet", [typeof(TimerHostProcess).Assembly.Location, "run-timers", connectionString])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <returns>The next line; "started" only when it is asked for.</returns>
    public async Task<string?> NextLineAsync(TimeSpan patience, string? asked = null)
    {
        using var cancel = new CancellationTokenSource(patience);
        while (await Process.StandardOutput.ReadLineAsync(cancel.Token) is { } line)
            if (line != "started" || asked == line) return line;
        return null;
    }

    /// <summary>The other side: what the process does, until it is killed or its standard input ends.</summary>
    public static async Task<int> RunAsync(string connectionString)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ITimerState>(new BlobTimerState(new BlobContainerClient(connectionString, "system"), TimeProvider.System));
        builder.Services.AddFunctionHost([typeof(TickFunction)]);
        await using var app = builder.Build();
        app.UseFunctionHost();
        await app.StartAsync();
        Console.WriteLine("started");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.Dispose();
    }

#pragma warning disable CA1822 // Functions are instance methods.
    private sealed class TickFunction
    {
        [Function("Tick")]
        public Task Tick([TimerTrigger("* * * * * *")] TimerInfo timer)
        {
            Console.WriteLine("ran");
            return Task.CompletedTask;
        }
    }
}
