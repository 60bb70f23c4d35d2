using CacheFunctions.Content;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Directories;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Simulation.Directories;

/// <summary>The directory cache on instances that come and go, over one storage.</summary>
internal sealed class SimulatedDirectories
{
    public const int Quota = 1000;
    public static readonly TimeSpan Ttl = TimeSpan.FromHours(2);

    private const int ShardCount = 2;
    private const int InstanceCount = 3;

    private readonly DirectoryPlant _plant;
    private readonly Faults _faults;
    private readonly DirectorySettings _settings;
    private readonly List<(DirectoryInstance Instance, FaultyLink Link)> _instances = [];

    public SimulatedDirectories(SimulatedWorld world, DirectoryPlant plant, Faults faults)
    {
        (World, _plant, _faults) = (world, plant, faults);
        _settings = new() { MaxBytes = Quota, TtlSeconds = (int)Ttl.TotalSeconds, EvictionPolicy = new[] { "lru", "lfu", "fifo", "sieve" }[world.Random.Next(4)] };
        Contents = new MemoryContentStore(world.Time);
        for (var i = 0; i < InstanceCount; i++) _instances.Add(Start());
    }

    public SimulatedWorld World { get; }

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; }

    /// <summary>Any instance; one that has died is started anew.</summary>
    public DirectoryInstance Any()
    {
        var slot = World.Random.Next(_instances.Count);
        if (_instances[slot].Link.IsDead) _instances[slot] = Start();
        return _instances[slot].Instance;
    }

    public bool IsAlive(DirectoryInstance instance) => _instances.Exists(each => each.Instance == instance && !each.Link.IsDead);

    public void KillAll()
    {
        foreach (var (_, link) in _instances) link.Die();
    }

    /// <summary>An instance to which nothing happens.</summary>
    public DirectoryInstance Healthy() => Build(Link.Sound);

    private (DirectoryInstance Instance, FaultyLink Link) Start()
    {
        var link = new FaultyLink(World, _faults);
        return (Build(link), link);
    }

    private DirectoryInstance Build(Link link)
    {
        IRecordStore records = new FaultyRecordStore(Records, link);
        IContentStore contents = new FaultyContentStore(Contents, link);
        records = _plant.Records?.Invoke(records) ?? records;
        contents = _plant.Contents?.Invoke(contents) ?? contents;
        var table = new RecordTable(records, DirectoryStore.TableName, ShardCount, World.Time, World.Ids);
        var store = new DirectoryStore(records, table, contents, new OriginSet([], null), World.Time, World.Ids);
        var index = new DirectoryIndex(records, table, World.Time);
        var jobs = new JobRunner(new JobStore(records, World.Time, World.Ids), World.Time);
        var trace = new AccessTrace(records, World.Time);
        return new DirectoryInstance(new DirectoriesService(store, index, _settings, jobs, new HitCounters(records, World.Time), trace), index, jobs, trace);
    }
}
