using System.Text;
using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Directories;

/// <summary>The directory cache over in-memory stores and a real origin folder, on a clock that a test moves.</summary>
public sealed class DirectoryWorld : IDisposable
{
    private readonly DirectoryInfo _origin = Directory.CreateTempSubdirectory("cachefunctions-test-");

    public DirectoryWorld(DirectorySettings? settings = null)
    {
        Settings = settings ?? new();
        Contents = new MemoryContentStore(Time);
        Instance = NewInstance();
    }

    public DirectorySettings Settings { get; }

    public ManualTime Time { get; } = new();

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; }

    internal DirectoryInstance Instance { get; }

    public DirectoriesService Service => Instance.Service;

    public IEnumerable<string> Files => Contents.Names(ContentName.Directories).Order(StringComparer.Ordinal);

    /// <summary>Another instance on the same storage and origin.</summary>
    /// <param name="death">When it dies; null: it does not.</param>
    /// <param name="settings">null: those of the world.</param>
    /// <param name="over">The record store as it reaches it; null: directly.</param>
    /// <param name="through">The content store as it reaches it; null: directly.</param>
    /// <param name="hot">What it keeps of content; null: nothing.</param>
    /// <param name="clock">Its own clock; null: that of the world.</param>
    internal DirectoryInstance NewInstance(
        Death? death = null,
        IRecordStore? over = null,
        DirectorySettings? settings = null,
        IContentStore? through = null,
        HotContent? hot = null,
        ManualTime? clock = null)
    {
        var time = clock ?? Time;
        var records = death is null ? over ?? Records : new MortalRecordStore(Records, death);
        IContentStore contents = death is null ? through ?? Contents : new MortalContentStore(Contents, death);
        IOrigin origin = new DirectoryOrigin("nas", _origin.FullName, new PathRules(true, null), false);
        if (death is not null) origin = new MortalOrigin(origin, death);
        var table = new RecordTable(records, DirectoryStore.TableName, 4, time);
        var store = new DirectoryStore(records, table, contents, new OriginSet([new NamedOrigin(origin, "/mnt/nas/")], null), time, hot: hot);
        var index = new DirectoryIndex(records, table, time);
        var jobs = new JobRunner(new JobStore(records, time), time);
        var trace = new AccessTrace(records, time);
        return new DirectoryInstance(new DirectoriesService(store, index, settings ?? Settings, jobs, new HitCounters(records, time), trace), index, jobs, trace);
    }

    public void PutOrigin(string path, string text)
    {
        var full = Path.Combine(_origin.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public Task PutAsync(string path, string text = "text") => Service.WriteContentAsync(
        Caller.Machine, DirectoryPath.OfFile(path), new MemoryStream(Encoding.UTF8.GetBytes(text)), text.Length);

    public async Task<CachedDirectory> RegisterAsync(string path) =>
        (await Service.RegisterAsync(Caller.Machine, DirectoryPath.Of(path))).Directory!;

    /// <summary>Stores one file in a directory, and registers it.</summary>
    public async Task<CachedDirectory> FillAsync(string path, string text = "text")
    {
        await PutAsync(path + "/file", text);
        return await RegisterAsync(path);
    }

    public Task<CachedDirectory> GetAsync(string path) => Service.GetAsync(DirectoryPath.Of(path));

    public async Task<IReadOnlyList<string>> RegisteredAsync() =>
        [.. (await Service.ListAsync(new DirectoryQuery(1000, DirectorySort.Path, false, null), exact: true)).Page.Select(each => each.Path)];

    public async Task<CleanupReport> CleanAsync(DirectoriesService? service = null)
    {
        var cleaning = (service ?? Service).CleanUpAsync(Caller.Machine);
        // Who waits for another's run looks at it now and then, and the clock stands still.
        while (await Task.WhenAny(cleaning, Task.Delay(10)) != cleaning) Time.Advance(TimeSpan.FromMilliseconds(500));
        var job = await cleaning;
        Assert.Equal(JobState.Succeeded, job.State);
        return CleanupReport.Read(job.Result!);
    }

    public Task UntilAsync(Func<Task<bool>> isSo, TimeSpan advance = default) => Time.UntilAsync(isSo, advance);

    public void Dispose() => _origin.Delete(recursive: true);
}

internal sealed record DirectoryInstance(DirectoriesService Service, DirectoryIndex Index, JobRunner Jobs, AccessTrace Trace);
