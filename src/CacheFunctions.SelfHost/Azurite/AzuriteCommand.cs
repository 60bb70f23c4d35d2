using System.Diagnostics;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>How Azurite is started.</summary>
internal static class AzuriteCommand
{
    public static ProcessStartInfo For(
        AzuriteInstallation installation, string dataDirectory, string pidFile, IEnumerable<AzuriteAccount> accounts, bool isForgotten)
    {
        var start = new ProcessStartInfo(
            installation.Node,
            [
                Path.Combine(AppContext.BaseDirectory, "Azurite", "run.mjs"), installation.Main, pidFile, isForgotten ? "forget" : "keep",
                "--location", Path.Combine(dataDirectory, "azurite"),
                "--blobHost", "127.0.0.1", "--blobPort", "0",
                "--queueHost", "127.0.0.1", "--queuePort", "0",
                "--tableHost", "127.0.0.1", "--tablePort", "0",
                "--disableTelemetry", "--skipApiVersionCheck", "--silent",
            ])
        {
            WorkingDirectory = dataDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // AZURITE_DB and the like, meant for another Azurite, would lead this one's data astray.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AZURITE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', accounts.Select(account => $"{account.Name}:{account.Key}"));
        return start;
    }
}
