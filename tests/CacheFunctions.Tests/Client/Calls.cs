using System.Text.Json;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

/// <summary>By each operation of the service's description, how a client calls it: with all that can be said.</summary>
internal static class Calls
{
    private const string Id = "0123456789abcdef0";
    private const string Time = "2026-01-31T09:05:00Z";

    private static readonly string FileId = Guid.Empty.ToString();
    private static readonly FileSpace App = FileSpace.App("blog");
    private static readonly FileSpace User = FileSpace.User("blog", "7");
    private static readonly Uri Signed = new("http://service/api/signed-files/blog/a.txt?sv=1&se=2&su=3&sk=4&sig=5");
    private static readonly OperationQuery Log = new() { UserId = "7", OperationType = "file_cached", Since = At, PageSize = 5 };
    private static readonly WriteConditions Write = new() { IfMatch = "\"a\"", Fence = 3 };
    private static readonly Dictionary<string, string> Metadata = new() { ["Author"] = "Zoë" };

    private static readonly ReadConditions Read = new()
    {
        Range = ByteRange.From(0, 10),
        IfNoneMatch = "\"a\"",
        IfMatch = "\"b\"",
        IfRange = "\"c\"",
        IfModifiedSince = At,
        IfUnmodifiedSince = At,
    };

    private static readonly FileUploadOptions Upload = new()
    {
        ContentType = "text/plain",
        Compress = true,
        Encrypt = false,
        CacheContent = false,
        Metadata = Metadata,
        Visibility = FileVisibility.Domain,
        IfMatch = "\"a\"",
        MustBeNew = true,
    };

    private static readonly CachedFileQuery Files = new()
    {
        Search = "a",
        UserId = "7",
        Status = CachedFileStatus.Active,
        TriggeredByOperation = CacheTrigger.Manual,
        SizeMin = 1,
        SizeMax = 2,
        CachedSince = At,
        Sort = "filename",
        Offset = 3,
        PageSize = 5,
        Consistent = true,
    };

    private static readonly NewCachedFile NewFile = new()
    {
        FilePath = "a",
        OriginalPath = "b",
        CachedPath = "c",
        UserId = "7",
        TriggeredByOperation = CacheTrigger.Watchlist,
        CacheMethod = CacheMethod.AtomicCopy,
        AttributionReason = "r",
        Metadata = JsonElement.Parse("{}"),
    };

    public static IReadOnlyDictionary<string, Func<CacheClient, Task<object?>>> All { get; } = new Dictionary<string, Func<CacheClient, Task<object?>>>
    {
        ["CreateSession"] = async client => (await client.Sessions.CreateAsync(
            new NewSession { UserId = "7", FilePath = "a", NasFilePath = "/mnt/nas/a", Lock = true, Create = true })).Value,
        ["ListSessions"] = client => Page(client.Sessions.List(new SessionQuery { UserId = "7", State = SessionState.Active, PageSize = 5 })),
        ["GetSession"] = async client => await client.Sessions.GetAsync(Id),
        ["ReadSessionContent"] = client => Content(client.Sessions.OpenContentAsync(Id, Read, 1)),
        ["ReadSessionContentHead"] = async client => await client.Sessions.GetContentInfoAsync(Id, Read, 1),
        ["SaveSessionContent"] = async client => await client.Sessions.SaveAsync(Id, Bytes(), Write),
        ["PatchSessionContent"] = async client => await client.Sessions.PatchAsync(Id, 2, Bytes(), 9, Write),
        ["ListSessionVersions"] = client => Page(client.Sessions.ListVersions(Id, 5)),
        ["RestoreSessionVersion"] = async client => await client.Sessions.RestoreAsync(Id, 1, Write),
        ["CreateSessionUpload"] = async client => await client.Sessions.CreateUploadAsync(Id, Write),
        ["CommitSessionUpload"] = async client => (await client.Sessions.CommitUploadAsync(Id, "u", 1, "s", Write)).Value,
        ["SyncSession"] = async client => (await client.Sessions.SyncAsync(Id, OnConflict.KeepBoth, 3)).Value,
        ["EndSession"] = async client => await client.Sessions.EndAsync(Id, sync: false, 3),
        ["CleanUpSessions"] = async client => await client.Sessions.CleanUpAsync(60, dryRun: true),
        ["GetSessionStatistics"] = async client => await client.Sessions.GetStatisticsAsync(),
        ["ListSessionOperations"] = client => Page(client.Sessions.ListOperations(Log, Id)),
        ["AcquireLock"] = async client => await client.Locks.AcquireAsync(Id, TimeSpan.FromMinutes(5)),
        ["RenewLock"] = async client => await client.Locks.RenewAsync(Id, 3, TimeSpan.FromMinutes(5)),
        ["ReleaseLock"] = async client => await client.Locks.ReleaseAsync(Id, 3),
        ["GetLock"] = async client => await client.Locks.GetAsync("a"),
        ["BreakLock"] = async client => await client.Locks.BreakAsync("a"),
        ["ListOrigins"] = client => Page(client.Origins.List()),
        ["ListOriginEntries"] = client => Page(client.Origins.ListEntries("nas", "a", 5)),
        ["GetJob"] = async client => await client.Jobs.GetAsync("j"),
        ["AddCachedFile"] = async client => (await client.CachedFiles.AddAsync(NewFile)).Value,
        ["ListCachedFiles"] = client => Page(client.CachedFiles.List(Files)),
        ["ListCachedFilesOfUser"] = client => Page(client.CachedFiles.ListOfUser("7", Files)),
        ["SearchCachedFiles"] = client => Page(client.CachedFiles.Search("a", CachedFileSearch.Path, includeRemoved: true, 5, consistent: true)),
        ["GetCachedFile"] = async client => await client.CachedFiles.GetAsync(FileId),
        ["ReadCachedFile"] = client => Content(client.CachedFiles.OpenContentAsync(FileId, Read)),
        ["ReadCachedFileHead"] = async client => await client.CachedFiles.GetContentInfoAsync(FileId, Read),
        ["ReadThroughCache"] = client => Content(client.CachedFiles.OpenThroughAsync("a", Read)),
        ["ReadThroughCacheHead"] = async client => await client.CachedFiles.GetThroughInfoAsync("a", Read),
        ["RemoveCachedFile"] = async client => await client.CachedFiles.RemoveAsync(FileId, "r", "7"),
        ["NoteCachedFileAccess"] = async client => await client.CachedFiles.NoteAccessAsync(FileId, "7"),
        ["AddCachedFileUser"] = async client => await client.CachedFiles.AddUserAsync(FileId, "7", "r"),
        ["RemoveCachedFileUser"] = async client => await client.CachedFiles.RemoveUserAsync(FileId, "7"),
        ["PinCachedFile"] = async client => await client.CachedFiles.PinAsync(FileId),
        ["UnpinCachedFile"] = async client => await client.CachedFiles.UnpinAsync(FileId),
        ["ChangeCachedFiles"] = async client => (await client.CachedFiles.ChangeAsync(
            new CachedFileBatch { Add = [NewFile], Remove = [new BatchRemoval(FileId, "r")], Pin = [FileId], Unpin = [FileId] })).Value,
        ["CleanUpCache"] = async client => (await client.CachedFiles.CleanUpAsync(removeOrphaned: true, "7")).Value,
        ["VerifyCache"] = async client => (await client.CachedFiles.VerifyAsync()).Value,
        ["PurgeCache"] = async client => (await client.CachedFiles.PurgeAsync(30)).Value,
        ["GetCacheStatistics"] = async client => await client.CachedFiles.GetStatisticsAsync(30, consistent: true),
        ["GetUserCacheStatistics"] = async client => await client.CachedFiles.GetUserStatisticsAsync("7", 30, consistent: true),
        ["ExportCachedFiles"] = client => Content(client.CachedFiles.ExportAsync(ExportFormat.Json, "7", CachedFileStatus.Active, includeMetadata: true)),
        ["ListCacheOperations"] = client => Page(client.CachedFiles.ListOperations(Log, FileId)),
        ["StreamCacheEvents"] = EventsAsync,
        ["UploadAppFile"] = async client => await client.Files.UploadAsync(App, "a/b.txt", Bytes(), Upload),
        ["UploadUserFile"] = async client => await client.Files.UploadAsync(User, "a/b.txt", Bytes(), Upload),
        ["DownloadAppFile"] = client => FileAsync(client, App),
        ["DownloadAppFileHead"] = client => FileHeadAsync(client, App),
        ["DownloadUserFile"] = client => FileAsync(client, User),
        ["DownloadUserFileHead"] = client => FileHeadAsync(client, User),
        ["DeleteAppFile"] = async client => await client.Files.DeleteAsync(App, "a/b.txt", "\"a\""),
        ["DeleteUserFile"] = async client => await client.Files.DeleteAsync(User, "a/b.txt", "\"a\""),
        ["ListAppFiles"] = client => Page(client.Files.List(App, "a/", 5, useCache: false)),
        ["ListUserFiles"] = client => Page(client.Files.List(User, "a/", 5, useCache: false)),
        ["CreateFileUploadUrl"] = async client => await client.Files.CreateUploadUrlAsync(User, "a", "text/plain", TimeSpan.FromMinutes(1), staged: true),
        ["CreateFileDownloadUrl"] = async client => await client.Files.CreateDownloadUrlAsync(User, "a", TimeSpan.FromMinutes(1)),
        ["CommitFileUpload"] = async client => (await client.Files.CommitUploadAsync(User, "a", "u", 1, "s")).Value,
        ["DownloadSignedFile"] = client => Content(client.Files.OpenSignedAsync(Signed, Read)),
        ["DownloadSignedFileHead"] = async client => await client.Files.GetSignedInfoAsync(Signed, Read),
        ["DescribeUploads"] = async client => await client.Uploads.GetCapabilitiesAsync(),
        ["CreateUpload"] = async client => await client.Uploads.CreateAsync(UploadTarget.SessionVersion(Id, Write), 3),
        ["FindUpload"] = async client => await client.Uploads.FindAsync("u"),
        ["ContinueUpload"] = async client => await client.Uploads.AppendAsync("u", 1, Bytes(), "sha1 x", 3),
        ["TerminateUpload"] = client => Nothing(client.Uploads.DeleteAsync("u")),
        ["RegisterDirectory"] = async client => (await client.Directories.RegisterAsync("a/b", "/mnt/nas/b", compress: true)).Value,
        ["ListDirectories"] = client => Page(client.Directories.List(new DirectoryListQuery { Sort = "-path", PageSize = 5, Consistent = true })),
        ["GetDirectory"] = async client => await client.Directories.GetAsync("a/b"),
        ["RemoveDirectory"] = async client => (await client.Directories.RemoveAsync("a/b", removeFiles: true)).Value,
        ["PinDirectory"] = async client => await client.Directories.PinAsync("a/b"),
        ["UnpinDirectory"] = async client => await client.Directories.UnpinAsync("a/b"),
        ["ReadDirectoryFile"] = client => Content(client.Directories.OpenFileAsync("a/b", Read)),
        ["ReadDirectoryFileHead"] = async client => await client.Directories.GetFileInfoAsync("a/b", Read),
        ["WriteDirectoryFile"] = async client => await client.Directories.WriteFileAsync("a/b", Bytes()),
        ["DeleteDirectoryFile"] = async client => await client.Directories.DeleteFileAsync("a/b"),
        ["GetDirectoryStatistics"] = async client => await client.Directories.GetStatisticsAsync(consistent: true),
        ["ListDirectoryOperations"] = client => Page(client.Directories.ListOperations(Log, "a")),
        ["CleanUpDirectories"] = async client => (await client.Directories.CleanUpAsync(dryRun: true)).Value,
        ["StartScheduler"] = async client => await client.Directories.StartSchedulerAsync(),
        ["StopScheduler"] = async client => await client.Directories.StopSchedulerAsync(),
        ["WarmDirectories"] = async client => (await client.Directories.WarmAsync(
            new WarmRequest { Items = [new WarmItem("a", "b")], Manifest = "m", MaxBytesPerSecond = 1 })).Value,
        ["SimulateDirectories"] = async client => (await client.Directories.SimulateAsync(
            new SimulationRequest { Days = 7, Policies = ["lru"], MaxBytes = 1 << 20 })).Value,
        ["TakeStorageEvents"] = async client => await client.Directories.TellAsync(
            [new StorageEvent { Id = "1", Source = "s", Type = "t", Subject = "u", Time = At, Data = JsonElement.Parse("{}") }]),
        ["AllowStorageEvents"] = async client => await client.Directories.AskToTellAsync("eventgrid.azure.net", 120),
        ["Health"] = async client => await client.Service.GetHealthAsync(),
        ["Ready"] = async client => await client.Service.GetReadyAsync(),
        ["DescribeService"] = client => Content(client.Service.OpenDescriptionAsync(Read)),
        ["DescribeServiceHead"] = async client => await client.Service.GetDescriptionInfoAsync(Read),
    };

    private static DateTimeOffset At => DateTimeOffset.Parse(Time, System.Globalization.CultureInfo.InvariantCulture);

    private static MemoryStream Bytes() => new([1, 2, 3]);

    private static async Task<object?> Page<T>(PagedList<T> list)
    {
        // The next page is asked for as well, for its cursor.
        var page = await list.GetPageAsync();
        await list.GetPageAsync("next");
        return page.Items;
    }

    private static async Task<object?> Content(Task<CacheContent> opening)
    {
        await using var content = await opening;
        Assert.NotNull(content.Info.ETag);
        return null;
    }

    private static async Task<object?> FileAsync(CacheClient client, FileSpace space)
    {
        await Content(client.Files.OpenAsync(space, "a/b.txt", Read, useCache: false));
        return await Assert.ThrowsAsync<JsonException>(() => client.Files.GetAsync(space, "a/b.txt", useCache: false));
    }

    private static async Task<object?> FileHeadAsync(CacheClient client, FileSpace space) =>
        await client.Files.GetContentInfoAsync(space, "a/b.txt", Read, useCache: false);

    private static async Task<object?> EventsAsync(CacheClient client)
    {
        using var stop = new CancellationTokenSource();
        var query = new EventQuery { Types = [CacheEventType.CacheFileAdded], UserId = "7", After = "c" };
        await using var events = client.Events.ReadAsync(query, stop.Token).GetAsyncEnumerator();
        // A stream without an end.
        var next = events.MoveNextAsync();
        await stop.CancelAsync();
        return await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private static async Task<object?> Nothing(Task doing)
    {
        await doing;
        return null;
    }
}
