using CacheFunctions.Content.Hot;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Content;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Uploads;

namespace CacheFunctions.Tests.Uploads;

/// <summary>Uploads over in-memory stores, ending as files or as versions of sessions over a real folder, on a clock that a test moves.</summary>
internal sealed class UploadWorld : IDisposable
{
    public UploadWorld() => (Uploads, Files, Jobs) = NewInstance();

    public SessionWorld Sessions { get; } = new();

    public MemoryFileStore FileStore { get; } = new(TimeProvider.System);

    public MemoryUploadStore Store { get; } = new();

    public ResumableUploads Uploads { get; }

    public FileManager Files { get; }

    public JobRunner Jobs { get; }

    public static FileTarget File { get; } = new(FileAddress.Of("blog", StorageLevel.App, "film.mp4"), "video/mp4", false, true);

    /// <param name="death">When it dies; null: it does not.</param>
    /// <param name="largeBytes">What has more is finished by a job.</param>
    public (ResumableUploads Uploads, FileManager Files, JobRunner Jobs) NewInstance(Death? death = null, long? largeBytes = null)
    {
        var (sessions, jobs) = Sessions.NewInstanceWithJobs(death: death);
        IRecordStore records = death is null ? Sessions.Records : new MortalRecordStore(Sessions.Records, death);
        var log = new FileLog(new RecordTable(records, FileLog.TableName, 4, Sessions.Time), Sessions.Time);
        var settings = new FileSettings { FreshFor = TimeSpan.Zero };
        if (largeBytes is { } bytes) settings = settings with { LargeBytes = bytes };
        var files = new FileManager(FileStore, log, KeyRing.Development, Sessions.Contents, HotContent.None, jobs, settings, Sessions.Time);
        return (new ResumableUploads(log, files, sessions, Store, jobs, settings), files, jobs);
    }

    public Task<ResumableUpload> BeginAsync(Session session, long length, Conditions? conditions = null) =>
        Uploads.CreateAsync(Caller.Machine, session.Id, conditions ?? Conditions.None, length, "", default);

    public Task<ResumableUpload> BeginFileAsync(long length) => Uploads.CreateAsync(Caller.Machine, File, length, "", default);

    /// <summary>All of it in one piece.</summary>
    public static Task<UploadState> SendAsync(ResumableUploads uploads, ResumableUpload upload, long start = 0, long? fence = null) =>
        uploads.AppendAsync(Caller.Machine, upload.Id, 0, new PatternStream(upload.Length, start), upload.Length, null, fence, default);

    public Task<UploadState> SendAsync(ResumableUpload upload, long start = 0, long? fence = null) => SendAsync(Uploads, upload, start, fence);

    public Task<UploadState> FindAsync(ResumableUpload upload) => Uploads.FindAsync(Caller.Machine, upload.Id, default);

    public async Task AssertFileAsync(long length, long start = 0)
    {
        await using var content = await (await Files.DownloadFileAsync(Caller.Machine, File.Address)).OpenAsync(0, null);
        await PatternStream.AssertEqualAsync(content, length, start);
    }

    /// <returns>The session's newest version.</returns>
    public async Task<long> AssertVersionAsync(Session session, long length, long start = 0)
    {
        var (now, content, _) = await Sessions.Service.FindCachedFileAsync(Caller.Machine, session.Id);
        await using var stream = await Sessions.Service.GetCachedFileAsync(content);
        await PatternStream.AssertEqualAsync(stream, length, start);
        return now.Version;
    }

    public void Dispose() => Sessions.Dispose();
}
