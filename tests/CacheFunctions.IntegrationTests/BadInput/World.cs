using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.OpenApi;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Jobs;
using CacheFunctions.SelfHost;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The service with something to steal: an origin with links that lead out of it, and a secret beside it.</summary>
internal sealed class World : IAsyncDisposable
{
    private const string Secret = "the text that nobody may read";

    private readonly TempDirectory _folder;
    private readonly LocalService _service;
    private readonly OpenRequests _open;
    private readonly HttpClient _http;
    private readonly HttpClient _storage = new();
    private readonly ConcurrentDictionary<Scene, ConcurrentBag<Stage>> _stages = [];
    private readonly string _jobId;
    private readonly Socket _socket;
    private int _files;

    private World(TempDirectory folder, Socket socket, LocalService service, OpenRequests open, string jobId, string accountKey, Interface described)
    {
        Interface = described;
        (_folder, _socket, _service, _open, _jobId) = (folder, socket, service, open, jobId);
        _http = new HttpClient { BaseAddress = service.Address };
        State = new State(service.App.Services, folder.Path);
        Secrets = [Secret, folder.Path, accountKey, "root:x:0:0"];
    }

    public Uri Address => _service.Address;

    /// <summary>What the service says of itself.</summary>
    public Interface Interface { get; }

    public State State { get; }

    public IReadOnlyList<string> Secrets { get; }

    public Texts Texts => new(_folder.Combine("outside/secret.txt"));

    public static async Task<World> StartAsync()
    {
        var folder = new TempDirectory();
        var socket = Furnish(folder.Path);
        var account = await StorageEmulator.NewAccountAsync();
        var open = new OpenRequests();
        var service = await LocalService.StartAsync(
            [.. TestService.SettingsFor(account, folder.Combine("origin")), "--Logging:LogLevel:Default", "Error"],
            services =>
            {
                TestService.LeadNoTimers(services);
                services.AddSingleton<IStartupFilter>(open);
            });
        // What it writes beside the first requests is done before anything is compared.
        await TestService.HasCheckedSettingsAsync(service.App.Services);
        var jobs = service.App.Services.GetRequiredService<JobRunner>();
        var job = await jobs.AddAsync("example", "nothing", "/mnt/nas/a.txt", null, "{}", null);
        await jobs.DropAsync(job);
        using var http = new HttpClient { BaseAddress = service.Address };
        return new World(folder, socket, service, open, job.Id, Regex.Match(account, "AccountKey=([^;]+)").Groups[1].Value, await Interface.ReadAsync(http));
    }

    /// <summary>A stage that nobody else has until it is given back.</summary>
    public async Task<Stage> TakeStageAsync(Scene scene)
    {
        if (Stages(scene).TryTake(out var stage)) return stage;
        var path = $"file-{Interlocked.Increment(ref _files)}.txt";
        await File.WriteAllTextAsync(_folder.Combine($"origin/{path}"), Stage.Content);
        return await Stage.SetAsync(_http, _storage, scene, path, _jobId);
    }

    /// <summary>Sets stages now, so that setting one later is no change that somebody else made.</summary>
    public async Task HaveStagesAsync(Scene scene, int count)
    {
        var stages = new List<Stage>();
        while (stages.Count < count) stages.Add(await TakeStageAsync(scene));
        stages.ForEach(GiveBack);
    }

    /// <param name="stage">As it was taken: nothing that named it was done.</param>
    public void GiveBack(Stage stage) => Stages(stage.Scene).Add(stage);

    /// <summary>Waits until no request is being worked on, also none whose client has gone.</summary>
    public Task IdleAsync() => _open.NoneAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _storage.Dispose();
        await _service.DisposeAsync();
        _socket.Dispose();
        _folder.Dispose();
    }

    private ConcurrentBag<Stage> Stages(Scene scene) => _stages.GetOrAdd(scene, static _ => []);

    private static Socket Furnish(string root)
    {
        foreach (var name in new[] { "origin", "origin/folder", "outside" }) Directory.CreateDirectory(Path.Combine(root, name));
        File.WriteAllText(Path.Combine(root, "secret.txt"), Secret);
        File.WriteAllText(Path.Combine(root, "outside/secret.txt"), Secret);
        File.WriteAllText(Path.Combine(root, "origin/folder/b.txt"), "b");
        File.WriteAllText(Path.Combine(root, "origin/.cachefunctions-1-x.part"), "being written");
        File.CreateSymbolicLink(Path.Combine(root, "origin/link-out"), Path.Combine(root, "outside/secret.txt"));
        File.CreateSymbolicLink(Path.Combine(root, "origin/link-relative"), "../outside/secret.txt");
        File.CreateSymbolicLink(Path.Combine(root, "origin/loop"), "loop");
        Directory.CreateSymbolicLink(Path.Combine(root, "origin/folder-out"), "../outside");
        Assert.Equal(0, Run("mkfifo", Path.Combine(root, "origin/pipe")));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(root, "origin/socket")));
        return socket;
    }

    private static int Run(string program, string argument)
    {
        using var process = System.Diagnostics.Process.Start(program, [argument]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
