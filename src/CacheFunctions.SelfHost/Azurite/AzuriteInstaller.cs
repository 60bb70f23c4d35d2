using System.Globalization;
using System.Security.Cryptography;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>Installs Azurite once per user and version, and says so: it is a large download.</summary>
/// <param name="say">Takes a line for whoever started the service.</param>
/// <param name="toolsDirectory">Where tools are kept between runs; null: a folder of the user's.</param>
/// <param name="searchPath">Where node and npm are looked for, in the form of PATH; null: this process's PATH.</param>
public sealed class AzuriteInstaller(
    Action<string> say, TimeProvider time, string? toolsDirectory = null, string? searchPath = null)
{
    private static readonly string Manifest = Path.Combine(AppContext.BaseDirectory, "Azurite");

    private readonly string _tools = toolsDirectory ?? UserFolder.Combine("tools");

    /// <summary>Safe in several processes at once: one installs, the others wait for it.</summary>
    /// <exception cref="CacheException">Node.js is missing or too old, or npm failed; the message says what to do.</exception>
    public async Task<AzuriteInstallation> EnsureInstalledAsync(CancellationToken cancellationToken)
    {
        var node = await NodeTools.FindAsync(searchPath, cancellationToken).ConfigureAwait(false);
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(Manifest, "package-lock.json"), cancellationToken).ConfigureAwait(false);
        var target = Path.Combine(_tools, "azurite-" + Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12]);
        var installation = new AzuriteInstallation(node.Node, target);
        if (Directory.Exists(target)) return installation;

        try
        {
            Directory.CreateDirectory(_tools);
            using var taken = await FileLock.TakeAsync(
                target + ".lock", () => say("Another process is installing Azurite; waiting for it."), time, cancellationToken).ConfigureAwait(false);
            if (!Directory.Exists(target)) await InstallAsync(node, target, cancellationToken).ConfigureAwait(false);
            return installation;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CacheException(
                ErrorCode.Unavailable,
                $"Azurite cannot be installed into {_tools}: {e.Message} Make it writable, or set AzureWebJobsStorage to the "
                + "connection string of a storage account.",
                null,
                e);
        }
    }

    private async Task InstallAsync(NodeTools node, string target, CancellationToken cancellationToken)
    {
        say($"Installing Azurite, the local storage emulator (about 365 MB, once), into {target} ...");
        var began = time.GetTimestamp();

        // Only a whole install gets the name that is looked for. The folder is new each time: when a process is killed
        // in mid-install, its npm may write on for a while.
        ClearUnfinished(target);
        var unfinished = $"{target}.unfinished-{Guid.NewGuid():n}";
        Directory.CreateDirectory(unfinished);
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(Manifest, file), Path.Combine(unfinished, file));

        // Azurite needs no install scripts, and what does not run cannot do harm.
        var run = await CommandRun.RunAsync(
            node.Npm, ["ci", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"], unfinished, cancellationToken).ConfigureAwait(false);
        if (run.ExitCode != 0)
        {
            throw new CacheException(
                ErrorCode.Unavailable,
                $"npm could not install Azurite (exit code {run.ExitCode}). Repair this, or set AzureWebJobsStorage to the "
                + $"connection string of a storage account. npm said:{Environment.NewLine}{run.Errors}");
        }

        Directory.Move(unfinished, target);
        say(string.Create(CultureInfo.InvariantCulture, $"Azurite is installed ({time.GetElapsedTime(began).TotalSeconds:0} s)."));
    }

    private static void ClearUnfinished(string target)
    {
        foreach (var left in Directory.GetDirectories(Path.GetDirectoryName(target)!, Path.GetFileName(target) + ".unfinished-*"))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // Still written to; the next install finds it.
            }
        }
    }
}
