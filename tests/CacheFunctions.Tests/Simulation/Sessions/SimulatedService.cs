using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Rules;

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>The whole service: instances that come and go, over one storage and one NAS, with every rule watching.</summary>
internal sealed class SimulatedService
{
    public const string OriginName = "nas";
    public const string Prefix = "/mnt/nas/";

    private const int ShardCount = 2;
    private const int InstanceCount = 3;
    private const int MaxSkewSeconds = 180;
    private const double MaxDrift = 0.01;

    private readonly Plant _plant;
    private readonly int _stepBytes;
    private readonly Faults _faults;
    private readonly WatchedRecordStore _records;
    private readonly List<(Instance Instance, FaultyLink Link)> _instances = [];

    public SimulatedService(SimulatedWorld world, Plant plant, Faults faults)
    {
        (World, _plant, _faults, Verdict) = (world, plant, faults, new Verdict(world, plant.Breaks));
        // In some runs everything is large, so that jobs copy and write back, in many steps.
        var (largeBytes, stepBytes) = world.Random.Next(3) == 0 || plant.LargeUnder is not null ? (20, 3) : (1 << 20, 16);
        _stepBytes = stepBytes;
        Settings = new() { LockTtlSeconds = 120, SyncAfterSeconds = 30, KeepVersions = 3, LargeBytes = largeBytes };
        Contents = new WatchedContentStore(new MemoryContentStore(), Verdict, world);
        Disk = plant.Disk?.Invoke(world) ?? new MemoryDisk(world.Time);
        Versions = new VersionRules(Verdict, Contents.BytesOf, Settings.KeepVersions);
        Locks = new LockRules(Verdict);
        Records = Contents.Records = new RecordRules(Verdict, Versions, Locks);
        Origin = new OriginRules(Verdict, Disk, Versions, Locks);
        _records = new WatchedRecordStore(new MemoryRecordStore(), Records, world);
        for (var i = 0; i < InstanceCount; i++) _instances.Add(Start(faults));
    }

    public SimulatedWorld World { get; }

    public SessionSettings Settings { get; }

    public Verdict Verdict { get; }

    public MemoryDisk Disk { get; }

    public WatchedContentStore Contents { get; }

    public RecordRules Records { get; }

    public VersionRules Versions { get; }

    public LockRules Locks { get; }

    public OriginRules Origin { get; }

    /// <summary>Any instance; one that has died is started anew, on another clock.</summary>
    public SessionService Any() => AnyInstance().Service;

    /// <summary>The frequent timer on any instance.</summary>
    public Task RunTimerAsync() => RunTimerAsync(AnyInstance());

    /// <summary>The hourly timer on any instance, whatever becomes of it.</summary>
    public async Task TryCleanUpAsync()
    {
        try
        {
            await Any().RunCleanupAsync();
        }
        catch (Exception error) when (error is InstanceDiedException or CacheException { Code: ErrorCode.Unavailable })
        {
            // The next run goes on.
        }
    }

    /// <summary>The frequent timer on an instance to which nothing happens.</summary>
    public Task<SessionTimerReport> RunHealthyTimerAsync() => RunTimerAsync(Build(Link.Sound, World.Time));

    private Instance AnyInstance()
    {
        var slot = World.Random.Next(_instances.Count);
        if (_instances[slot].Link.IsDead) _instances[slot] = Start(_faults);
        return _instances[slot].Instance;
    }

    public void KillOne() => _instances[World.Random.Next(_instances.Count)].Link.Die();

    public void CutPower()
    {
        Verdict.Tell("power cut");
        Disk.CutPower(World.Random);
        Origin.CheckAfterPowerCut();
    }

    /// <summary>An instance to which nothing happens.</summary>
    public SessionService Healthy() => Build(Link.Sound, World.Time).Service;

    private static async Task<SessionTimerReport> RunTimerAsync(Instance instance)
    {
        await instance.Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        return await instance.Service.RunFrequentAsync();
    }

    private (Instance Instance, FaultyLink Link) Start(Faults faults)
    {
        var link = new FaultyLink(World, faults);
        var offset = TimeSpan.FromSeconds(World.Random.Next(-MaxSkewSeconds, MaxSkewSeconds + 1));
        var clock = new SkewedTime(World.Time, offset, (World.Random.NextDouble() * 2 - 1) * MaxDrift);
        return (Build(link, clock), link);
    }

    private Instance Build(Link link, TimeProvider clock)
    {
        IRecordStore records = new FaultyRecordStore(_records, link);
        IContentStore contents = new FaultyContentStore(Contents, link);
        records = _plant.Records?.Invoke(records, World, clock) ?? records;
        contents = _plant.Contents?.Invoke(contents, World) ?? contents;
        var origin = _plant.Origin?.Invoke(Disk, link, _stepBytes) ?? new MemoryOrigin(OriginName, Disk, link, stepBytes: _stepBytes);
        var origins = new OriginSet([new NamedOrigin(origin, Prefix)], null);
        var table = new RecordTable(records, SessionStore.TableName, ShardCount, clock, World.Ids);
        var jobs = new JobStore(records, clock, World.Ids);
        var runner = new JobRunner(jobs, clock);
        return new Instance(new SessionService(new SessionStore(table, contents, origins, jobs, clock, World.Ids), runner, Settings), runner);
    }

    private sealed record Instance(SessionService Service, JobRunner Jobs);
}
