using System.Runtime.Versioning;
using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.IntegrationTests.SelfHost;

/// <summary>With a node and an npm that are small shell scripts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AzuriteInstallerTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<string> _said = [];

    [Fact]
    public async Task Install_when_done_then_says_two_lines_and_the_next_start_says_none()
    {
        Command("node", "echo v22.1.0");
        Command("npm", "mkdir node_modules; echo \"$@\" > arguments");

        var first = await Installer().EnsureInstalledAsync(default);
        var second = await Installer().EnsureInstalledAsync(default);

        Assert.Equal(first, second);
        Assert.Equal(2, _said.Count);
        Assert.Contains("365 MB", _said[0], StringComparison.Ordinal);
        Assert.Contains(first.Directory, _said[0], StringComparison.Ordinal);
        Assert.StartsWith("ci ", await File.ReadAllTextAsync(Path.Combine(first.Directory, "arguments")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_when_several_start_at_once_then_one_installs_and_the_others_say_that_they_wait()
    {
        Command("node", "echo v22.1.0");
        // The install goes on until every other one has been seen to wait.
        Command("npm", $"echo one >> '{_directory.Combine("runs")}'; while [ ! -f '{_directory.Combine("go")}' ]; do :; done");

        var installs = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Installer(line =>
        {
            lock (_said)
            {
                _said.Add(line);
                if (_said.Count(said => said.Contains("waiting", StringComparison.Ordinal)) == 2)
                    File.WriteAllText(_directory.Combine("go"), "");
            }
        }).EnsureInstalledAsync(default))).ToList();
        await Task.WhenAll(installs).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Single(await File.ReadAllLinesAsync(_directory.Combine("runs")));
        Assert.Single(installs.Select(install => install.Result).Distinct());
    }

    [Fact]
    public async Task Install_when_npm_fails_then_shows_its_last_lines_and_the_next_start_begins_anew()
    {
        Command("node", "echo v22.1.0");
        Command("npm", "mkdir node_modules; echo 'npm error code EHARM' >&2; exit 3");
        var failed = await Assert.ThrowsAsync<CacheException>(() => Installer().EnsureInstalledAsync(default));
        Assert.Contains("npm error code EHARM", failed.Message, StringComparison.Ordinal);

        Command("npm", "mkdir node_modules");
        var installation = await Installer().EnsureInstalledAsync(default);
        Assert.True(Directory.Exists(installation.Directory));
    }

    [Fact]
    public async Task Install_when_cut_off_by_cancellation_then_nothing_half_done_is_used()
    {
        Command("node", "echo v22.1.0");
        Command("npm", $"mkdir node_modules; echo $$ > '{_directory.Combine("started")}'; while :; do :; done");
        using var cancel = new CancellationTokenSource();
        var started = FileAppearsAsync(_directory.Path, "started");
        var installing = Installer().EnsureInstalledAsync(cancel.Token);
        await started.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installing);
        Assert.All(Directory.GetDirectories(_directory.Combine("tools")), name => Assert.Contains(".unfinished-", name, StringComparison.Ordinal));

        Command("npm", "mkdir node_modules");
        var installation = await Installer().EnsureInstalledAsync(default);
        Assert.Equal([installation.Directory], Directory.GetDirectories(_directory.Combine("tools")));
    }

    [Theory]
    [InlineData("", "Node.js was not found")]
    [InlineData("node: echo v22.1.0", "npm was not found")]
    [InlineData("npm: exit 0|node: echo v18.20.1", "too old (v18.20.1)")]
    public async Task Install_when_node_is_missing_or_too_old_then_says_what_to_do(string commands, string problem)
    {
        foreach (var command in commands.Split('|', StringSplitOptions.RemoveEmptyEntries))
            Command(command.Split(": ")[0], command.Split(": ")[1]);

        var refused = await Assert.ThrowsAsync<CacheException>(() => Installer().EnsureInstalledAsync(default));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Node.js 20 or later", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private AzuriteInstaller Installer(Action<string>? say = null) =>
        new(say ?? _said.Add, TimeProvider.System, _directory.Combine("tools"), _directory.Combine("bin"));

    private void Command(string name, string script)
    {
        Directory.CreateDirectory(_directory.Combine("bin"));
        var path = Path.Combine(_directory.Combine("bin"), name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task FileAppearsAsync(string directory, string name)
    {
        using var watcher = new FileSystemWatcher(directory, name);
        var appeared = new TaskCompletionSource();
        watcher.Created += (_, _) => appeared.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await appeared.Task;
    }
}
