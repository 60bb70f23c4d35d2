using System.Text;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Contents.Directories;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Storage.Origins.Links;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>The catalogue over in-memory stores and a real folder, on a clock that a test moves.</summary>
public sealed class CatalogueWorld : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");

    /// <param name="inFolder">Whether copies lie in a folder, so that links to them can be.</param>
    public CatalogueWorld(CatalogueSettings? settings = null, bool inFolder = false)
    {
        Settings = settings ?? new();
        if (inFolder) CopyFolder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "copies")).FullName;
        Directory.CreateDirectory(Origin);
        Contents = new MemoryContentStore(Time);
        (Service, Jobs) = NewInstance();
    }

    public CatalogueSettings Settings { get; }

    /// <summary>The origin's folder.</summary>
    public string Origin => Path.Combine(_folder.FullName, "origin");

    /// <summary>Where the copies lie; null: in memory.</summary>
    public string? CopyFolder { get; }

    public ManualTime Time { get; } = new();

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; }

    public CachedFilesService Service { get; }

    public JobRunner Jobs { get; }

    public IEnumerable<string> Copies => Contents.Names(ContentName.Cache);

    /// <summary>Another instance of the service on the same storage and origin.</summary>
    /// <param name="death">When it dies; null: it does not.</param>
    /// <param name="over">The records as this instance reaches them; null: as they are.</param>
    public (CachedFilesService Service, JobRunner Jobs) NewInstance(
        Death? death = null, IContentStore? through = null, IRecordStore? over = null, CatalogueSettings? settings = null)
    {
        IOrigin origin = new DirectoryOrigin("nas", Origin, new PathRules(true, null), false);
        var records = over ?? Records;
        var contents = through ?? Contents;
        var copies = CopyFolder is null ? contents : new DirectoryContentStore(CopyFolder, Time);
        IFileLinks? links = CopyFolder is null ? null : new DirectoryLinks(CopyFolder, CopyFolder, Time);
        if (death is not null)
        {
            (origin, records, contents, copies) = (
                CopyFolder is null ? new MortalOrigin(origin, death) : origin,
                new MortalRecordStore(records, death),
                new MortalContentStore(contents, death),
                new MortalContentStore(copies, death));
            if (links is not null) links = new MortalLinks(links, death);
        }

        var table = new RecordTable(records, CatalogueStore.TableName, 64, Time);
        var store = new CatalogueStore(table, copies, new CacheContainer(null), contents, links, new OriginSet([new NamedOrigin(origin, "/mnt/nas/")], null), Time);
        var jobs = new JobRunner(new JobStore(records, Time), Time);
        var notices = new Notices(records, CatalogueStore.TableName, Time);
        var index = store.CreateIndex(records, notices);
        return (new CachedFilesService(store, jobs, settings ?? Settings, index, notices, new HitCounters(records, Time)), jobs);
    }

    public void Put(string path, string text)
    {
        var full = Path.Combine(Origin, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Origin, path));

    public async Task<CachedFile> AddAsync(string path, string? user = null) =>
        (await Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile(path, UserId: user))).File!;

    /// <summary>What is recorded of a file's copies and holds bytes, read from the rows.</summary>
    public async Task<long> StoredBytesAsync()
    {
        var bytes = 0L;
        await foreach (var file in Service.ExportCachedFilesAsync(Caller.Machine)) bytes += file.Content is null ? 0 : file.SizeBytes;
        return bytes;
    }

    /// <summary>The log of the operations of one type, oldest first.</summary>
    public async Task<List<Operation>> OperationsAsync(string type)
    {
        var (log, _) = await Service.GetOperationLogsAsync(Caller.Machine, logged => logged.Operation.Type == type, 500, null);
        return [.. log.Select(logged => logged.Operation).Reverse()];
    }

    public async Task<string> ReadAsync(CachedFile file)
    {
        using var reader = new StreamReader(await Service.OpenContentAsync(file), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public async Task<FileStatus> StatusAsync(CachedFile file) => (await Service.GetCachedFileByIdAsync(Caller.Machine, file.Id)).Status;

    /// <summary>Waits until something is so, and lets the clock run on meanwhile.</summary>
    public Task UntilAsync(Func<Task<bool>> isSo, TimeSpan advance = default) => Time.UntilAsync(isSo, advance);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>Links that an instance places until it dies, before or after any step.</summary>
internal sealed class MortalLinks(IFileLinks inner, Death death) : IFileLinks
{
    public string? WhyNot(OriginPath original) => inner.WhyNot(original);

    public Task PlaceAsync(OriginPath original, Fingerprint expected, CachedLink link, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.PlaceAsync(original, expected, link, cancellation));

    public Task SettleAsync(OriginPath original, CachedLink link, bool keep, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.SettleAsync(original, link, keep, cancellation));

    public Task<Fingerprint?> FindAsync(OriginPath original, CachedLink link, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.FindAsync(original, link, cancellation));

    public Task RestoreAsync(OriginPath original, CachedLink link, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.RestoreAsync(original, link, cancellation));
}
