using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>The catalogue's service on instances that come and go, over one storage and one NAS.</summary>
internal sealed class SimulatedCatalogue
{
    private const string OriginName = "nas";
    private const int ShardCount = 2;
    private const int InstanceCount = 3;
    private const int MaxSkewSeconds = 180;
    private const double MaxDrift = 0.01;

    private readonly CataloguePlant _plant;
    private readonly Faults _faults;
    private readonly List<(Instance Instance, FaultyLink Link)> _instances = [];

    public SimulatedCatalogue(SimulatedWorld world, CataloguePlant plant, Faults faults)
    {
        (World, _plant, _faults) = (world, plant, faults);
        Settings = new()
        {
            RevalidateAfter = TimeSpan.FromSeconds(world.Random.Next(4) * 20),
            // In some runs everything is large, so that jobs copy.
            LargeBytes = world.Random.Next(2) == 0 ? 20 : 1 << 20,
            // In some runs not all files have room.
            MaxBytes = world.Random.Next(2) == 0 ? 30 : 1 << 20,
        };
        Contents = new MemoryContentStore(world.Time);
        Disk = new MemoryDisk(world.Time);
        History = new OriginHistory(world.Time, Disk);
        // What an instance stored right before it died, or could not tell of, the others learn only from the log in its turn.
        Quota = new QuotaWatch(Settings.MaxBytes, faults is { Slow: 0, Die: 0, Fail: 0 } ? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(20), world.Time);
        for (var i = 0; i < InstanceCount; i++) _instances.Add(Start(faults));
    }

    public SimulatedWorld World { get; }

    public CatalogueSettings Settings { get; }

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; }

    public MemoryDisk Disk { get; }

    public OriginHistory History { get; }

    public QuotaWatch Quota { get; }

    public static CachedFileId IdOf(string path) => CachedFileId.Of($"{OriginName}\n{path}");

    /// <summary>Any instance; one that has died is started anew, on another clock.</summary>
    public Instance Any()
    {
        var slot = World.Random.Next(_instances.Count);
        if (_instances[slot].Link.IsDead) _instances[slot] = Start(_faults);
        return _instances[slot].Instance;
    }

    public void KillOne() => _instances[World.Random.Next(_instances.Count)].Link.Die();

    /// <summary>An instance to which nothing happens.</summary>
    public Instance Healthy() => Build(Link.Sound, World.Time);

    /// <summary>A day and more, in which the frequent timer goes on with jobs that were left, and copies come of age.</summary>
    public async Task SleepAsync()
    {
        for (var hour = 0; hour < 25; hour++)
        {
            await Task.Delay(TimeSpan.FromHours(1), World.Time);
            await Healthy().Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
        }
    }

    private (Instance Instance, FaultyLink Link) Start(Faults faults)
    {
        var link = new FaultyLink(World, faults);
        var offset = TimeSpan.FromSeconds(World.Random.Next(-MaxSkewSeconds, MaxSkewSeconds + 1));
        return (Build(link, new SkewedTime(World.Time, offset, (World.Random.NextDouble() * 2 - 1) * MaxDrift)), link);
    }

    private Instance Build(Link link, TimeProvider clock)
    {
        IRecordStore records = new FaultyRecordStore(new QuotaWatch.Records(Records, Quota), link);
        IContentStore contents = new FaultyContentStore(Contents, link);
        records = _plant.Records?.Invoke(records) ?? records;
        contents = new QuotaWatch.Contents(_plant.Contents?.Invoke(contents) ?? contents, Quota);
        var origins = new OriginSet([new NamedOrigin(new MemoryOrigin(OriginName, Disk, link, stepBytes: 16), "/mnt/nas/")], null);
        var table = new RecordTable(records, CatalogueStore.TableName, ShardCount, clock, World.Ids);
        var store = new CatalogueStore(table, contents, new CacheContainer(null), contents, null, origins, clock, World.Ids);
        var jobs = new JobRunner(new JobStore(records, clock, World.Ids), clock);
        var notices = new Notices(records, CatalogueStore.TableName, clock);
        var index = store.CreateIndex(records, notices);
        return new Instance(new CachedFilesService(store, jobs, Settings, index, notices, new HitCounters(records, clock)), index, jobs, notices);
    }

    internal sealed record Instance(CachedFilesService Service, CatalogueIndex Index, JobRunner Jobs, Notices Notices);
}

/// <summary>A bug built into the doubles of the stores, for the simulation to find; null: that store is sound.</summary>
internal sealed record CataloguePlant(Func<IRecordStore, IRecordStore>? Records = null, Func<IContentStore, IContentStore>? Contents = null)
{
    public static CataloguePlant None { get; } = new();
}
