using System.Diagnostics;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>A command run to its end, and the last lines of what it said.</summary>
/// <param name="Output">The last lines of standard output.</param>
/// <param name="Errors">The last lines of standard error.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    /// <exception cref="System.ComponentModel.Win32Exception">The file cannot be started.</exception>
    public static async Task<CommandRun> RunAsync(
        string file, IEnumerable<string> arguments, string workingDirectory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = new LastLines();
        var errors = new LastLines();
        var reading = Task.WhenAll(output.ReadAsync(process.StandardOutput), errors.ReadAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        await reading.ConfigureAwait(false);
        return new CommandRun(process.ExitCode, output.ToString(), errors.ToString());
    }
}
