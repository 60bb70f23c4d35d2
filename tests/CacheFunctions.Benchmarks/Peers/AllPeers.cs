namespace CacheFunctions.Benchmarks.Peers;

/// <summary>
/// Those beside whom the service reads: the bare web server, which is the ceiling, and rclone and nginx where they are
/// installed, which keep what they read of the same storage as the service does.
/// </summary>
internal sealed class AllPeers : IAsyncDisposable
{
    private AllPeers(ServiceUnderTest bare, IReadOnlyList<Peer> caches) => (Bare, Caches) = (bare, caches);

    public ServiceUnderTest Bare { get; }

    public IReadOnlyList<Peer> Caches { get; }

    public static async Task<AllPeers> StartAsync(Bench bench)
    {
        var bare = await ServiceUnderTest.StartAsync("CacheFunctions.Benchmarks.dll", BareServer.Name);
        var caches = new List<Peer>();
        if (InstalledProgram.Find("rclone", "rclone") is { } rclone) caches.Add(await Peer.RcloneAsync(rclone, bench.RawUrlOfAll()));
        if (InstalledProgram.Find("nginx", "nginx-light") is { } nginx) caches.Add(await Peer.NginxAsync(nginx, bench.RawUrlOfAll()));
        return new AllPeers(bare, caches);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in Caches) await cache.DisposeAsync();
        await Bare.DisposeAsync();
    }
}
