using System.Text;
using CacheFunctions.Content;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Sessions;

/// <summary>The session service over in-memory stores and a real folder, on a clock that a test moves.</summary>
public sealed class SessionWorld : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");

    /// <param name="largeBytes">Above how many bytes a file is large.</param>
    public SessionWorld(long? largeBytes = null)
    {
        Contents = new MemoryContentStore(Time);
        if (largeBytes is { } bytes) Settings = Settings with { LargeBytes = bytes };
        (Service, Jobs) = NewInstanceWithJobs();
    }

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; }

    public ManualTime Time { get; } = new();

    public SessionSettings Settings { get; } = new();

    public SessionService Service { get; }

    public JobRunner Jobs { get; }

    /// <summary>Another instance of the service on the same storage and origin.</summary>
    /// <param name="death">When it dies; null: it does not.</param>
    public SessionService NewInstance(bool readOnly = false, Death? death = null, PathRules? rules = null) =>
        NewInstanceWithJobs(readOnly, death, rules).Service;

    public (SessionService Service, JobRunner Jobs) NewInstanceWithJobs(
        bool readOnly = false, Death? death = null, PathRules? rules = null, IContentStore? through = null)
    {
        IOrigin origin = new DirectoryOrigin("nas", _folder.FullName, rules ?? new PathRules(true, null), readOnly);
        IRecordStore records = Records;
        var contents = through ?? Contents;
        if (death is not null)
        {
            (origin, records, contents) = (
                new MortalOrigin(origin, death), new MortalRecordStore(records, death), new MortalContentStore(contents, death));
        }

        var table = new RecordTable(records, SessionStore.TableName, 64, Time);
        var jobs = new JobStore(records, Time);
        var store = new SessionStore(table, contents, new OriginSet([new NamedOrigin(origin, "/mnt/nas/")], null), jobs, Time);
        var runner = new JobRunner(jobs, Time);
        return (new SessionService(store, runner, Settings), runner);
    }

    /// <summary>Lets the time pass that a caller waits for a job, once one does wait.</summary>
    public async Task OutwaitPatienceAsync()
    {
        await Time.ArmedForAsync(Time.GetUtcNow() + Patience.Length);
        Time.Advance(Patience.Length);
    }

    /// <summary>The frequent timer on a fresh instance.</summary>
    public async Task<SessionTimerReport> RunTimerAsync()
    {
        var (service, jobs) = NewInstanceWithJobs();
        await jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
        return await service.RunFrequentAsync();
    }

    public void Put(string path, string text) => Put(path, Encoding.UTF8.GetBytes(text));

    public void Put(string path, byte[] bytes)
    {
        var full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    /// <summary>Of all files, in bytes.</summary>
    public IReadOnlyList<long> Sizes() => [.. Files().Select(file => new FileInfo(Path.Combine(_folder.FullName, file)).Length)];

    public string Get(string path) => File.ReadAllText(Path.Combine(_folder.FullName, path));

    public void Delete(string path) => File.Delete(Path.Combine(_folder.FullName, path));

    public void DeleteFolder(string path) => Directory.Delete(Path.Combine(_folder.FullName, path));

    /// <summary>All files, hidden ones too, relative to the origin's root.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(_folder.FullName, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => Path.GetRelativePath(_folder.FullName, file)).Order(StringComparer.Ordinal)];

    public Task<Session> OpenAsync(string path, string user = "alice", bool lockIt = false, bool create = false) =>
        Service.CreateCacheSessionAsync(Caller.Machine, new CreateSession(user, path, null, lockIt, create));

    public Task<Session> SaveAsync(Session session, string text) => Service.UpdateCachedFileAsync(
        Caller.Machine, session.Id, new MemoryStream(Encoding.UTF8.GetBytes(text)), Encoding.UTF8.GetByteCount(text));

    public Task<SyncOutcome> SyncAsync(Session session, OnConflict onConflict = OnConflict.Fail) =>
        Service.SyncToNasAsync(Caller.Machine, session.Id, onConflict);

    public async Task<string> ReadAsync(Session session, long? version = null)
    {
        var (_, content, _) = await Service.FindCachedFileAsync(Caller.Machine, session.Id, version);
        await using var stream = await Service.GetCachedFileAsync(content);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public Task<Session> InfoAsync(Session session) => Service.GetSessionInfoAsync(Caller.Machine, session.Id);

    public void Dispose() => _folder.Delete(recursive: true);
}
