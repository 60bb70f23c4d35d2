using System.ComponentModel;
using System.Globalization;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>The Node.js of this machine, with which Azurite is installed and run.</summary>
/// <param name="Node">Absolute path of node.</param>
/// <param name="Npm">Absolute path of npm.</param>
public sealed record NodeTools(string Node, string Npm)
{
    private const int OldestMajor = 20;

    private const string WhatToDo =
        "Install Node.js 20 or later (with npm), or set AzureWebJobsStorage to the connection string of a storage account.";

    /// <param name="searchPath">Where to look, in the form of PATH; null: this process's PATH.</param>
    /// <exception cref="CacheException">There is none, or it is too old; the message says what to do.</exception>
    public static async Task<NodeTools> FindAsync(string? searchPath, CancellationToken cancellationToken)
    {
        searchPath ??= Environment.GetEnvironmentVariable("PATH") ?? "";
        var node = Find("node", searchPath) ?? throw Missing("Node.js was not found on the PATH");
        var npm = Find("npm", searchPath) ?? throw Missing("npm was not found on the PATH");

        var version = await VersionAsync(node, cancellationToken).ConfigureAwait(false);
        return MajorOf(version) < OldestMajor ? throw Missing($"the Node.js found is too old ({version})") : new NodeTools(node, npm);
    }

    private static async Task<string> VersionAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            var run = await CommandRun.RunAsync(node, ["--version"], Path.GetTempPath(), cancellationToken).ConfigureAwait(false);
            return run.ExitCode == 0 ? run.Output : throw Missing($"node --version failed: {run.Errors}");
        }
        catch (Win32Exception e)
        {
            throw Missing($"node could not be started: {e.Message}", e);
        }
    }

    private static int MajorOf(string version) =>
        int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;

    private static string? Find(string name, string searchPath)
    {
        string[] fileNames = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => fileNames.Select(file => Path.GetFullPath(Path.Combine(directory, file))))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & execute) != 0);
    }

    private static CacheException Missing(string problem, Exception? inner = null) => new(
        ErrorCode.Unavailable,
        $"No storage account is configured, so a local Azurite is needed, but {problem}. {WhatToDo}",
        null,
        inner);
}
