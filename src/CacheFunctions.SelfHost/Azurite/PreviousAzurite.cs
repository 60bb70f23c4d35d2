using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>The Azurite of a service that was killed. It writes its state down as it goes, so its successor must wait.</summary>
internal static class PreviousAzurite
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // run.mjs ends itself after ten seconds at the latest.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="pidFile">Written by run.mjs when it starts and removed when it exits.</param>
    public static async Task WaitUntilGoneAsync(string pidFile, TimeProvider time, CancellationToken cancellationToken)
    {
        using var process = Find(pidFile);
        if (process is null) return;
        var began = time.GetTimestamp();
        while (File.Exists(pidFile) && !process.HasExited)
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                process.Kill();
                return;
            }

            await Task.Delay(Look, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Process? Find(string pidFile)
    {
        try
        {
            if (!int.TryParse(File.ReadAllText(pidFile), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return null;
            var process = Process.GetProcessById(pid);

            // The number may have gone to another process since: the file is as old as the process that wrote it.
            var age = process.StartTime.ToUniversalTime() - File.GetLastWriteTimeUtc(pidFile);
            if (process.ProcessName.StartsWith("node", StringComparison.Ordinal) && age.Duration() < TimeSpan.FromMinutes(1)) return process;
            process.Dispose();
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // No file, or no such process (any more).
        }

        return null;
    }
}
