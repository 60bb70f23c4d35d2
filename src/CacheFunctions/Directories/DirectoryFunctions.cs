using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Directories;

/// <summary>Registered directories over HTTP.</summary>
public sealed class DirectoryFunctions(Api api, DirectoriesService directories)
{
    private const int MaxLimit = 1_000;

    [Function(nameof(RegisterDirectory))]
    [Answers(
        "Registers a directory, or counts it anew",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.Locked, ErrorCode.QuotaExceeded,
        Ok = typeof(DirectoryAnswer), Created = typeof(DirectoryAnswer), Accepted = typeof(DirectoryJobAnswer))]
    [Accepts(Query = ["from_origin", "compress"])]
    public IResult RegisterDirectory(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/register/{*path:minlength(1)}")] HttpRequest request, string path) =>
        api.Run(request, async call =>
        {
            var directory = DirectoryPath.Of(path);
            var from = call.Query.Text("from_origin") is { } text ? Fields.Path("from_origin", text) : null;
            bool? compress = call.Query.Text("compress") is null ? null : call.Query.Flag("compress", false);
            await call.RequireNoBodyAsync();
            var registered = await directories.RegisterAsync(call.Caller, directory, from, compress, call.Cancelled);
            if (registered.Pending is { } job) return Pending(call, job, from is null ? "Compressing the files" : "Bringing the files");
            var answer = Answer(call, registered.Directory!);
            return registered.IsNew
                ? call.Created($"/cache/directories/{Escape(directory)}", answer, $"Directory registered: {directory}")
                : call.Ok(answer, $"Directory already registered, and counted anew: {directory}");
        });

    [Function(nameof(ListDirectories))]
    [Answers("Registered directories", Items = typeof(DirectoryAnswer), Plural = "directories")]
    [Accepts(Query = ["limit", "cursor", "sort", "consistent"])]
    public IResult ListDirectories(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/directories")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var sort = call.Query.Text("sort") ?? "path";
            var query = new DirectoryQuery(
                call.Query.Number("limit", 100, 1, MaxLimit),
                Sort(sort),
                sort.StartsWith('-'),
                Place(call.Query.Text("cursor")));
            var (page, next) = await directories.ListAsync(query, call.Query.Flag("consistent", false), call.Cancelled);
            var cursor = next is null ? null : Cursor.Write(string.Create(CultureInfo.InvariantCulture, $"{next.Value}|{next.Path}"));
            return call.Page("directories", [.. page.Select(directory => Answer(call, directory))], query.Limit, cursor);
        });

    [Function(nameof(GetDirectory))]
    [Answers("A registered directory", ErrorCode.NotFound, Ok = typeof(DirectoryAnswer))]
    public IResult GetDirectory(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/directories/{*path:minlength(1)}")] HttpRequest request, string path) =>
        api.Run(request, async call => call.Ok(Answer(call, await directories.GetAsync(DirectoryPath.Of(path), call.Cancelled))));

    [Function(nameof(RemoveDirectory))]
    [Answers(
        "Forgets a directory, or removes it with its files",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.Locked, Ok = typeof(RemovedDirectoryAnswer), Accepted = typeof(DirectoryJobAnswer))]
    [Accepts(Query = ["remove_files"])]
    public IResult RemoveDirectory(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "cache/directories/{*path:minlength(1)}")] HttpRequest request, string path) =>
        api.Run(request, async call =>
        {
            var removeFiles = call.Query.Flag("remove_files", false);
            var (directory, job) = await directories.RemoveAsync(call.Caller, DirectoryPath.Of(path), removeFiles, call.Cancelled);
            if (job is not null) return Pending(call, job, "Removing the files");
            return call.Ok(
                new RemovedDirectoryAnswer(directory.Path, directory.SizeBytes, directory.FileCount, removeFiles),
                removeFiles ? $"Directory removed with its files: {directory.Path}" : $"Directory forgotten; its files stay: {directory.Path}");
        });

    [Function(nameof(PinDirectory))]
    [Answers("Keeps a directory, whatever happens", ErrorCode.NotFound, ErrorCode.Locked, Ok = typeof(DirectoryAnswer))]
    public IResult PinDirectory(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "cache/pins/{*path:minlength(1)}")] HttpRequest request, string path) =>
        Pin(request, path, true, nameof(PinDirectory));

    [Function(nameof(UnpinDirectory))]
    [Answers("Keeps a directory no longer", ErrorCode.NotFound, ErrorCode.Locked, Ok = typeof(DirectoryAnswer))]
    public IResult UnpinDirectory(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "cache/pins/{*path:minlength(1)}")] HttpRequest request, string path) =>
        Pin(request, path, false, nameof(UnpinDirectory));

    private IResult Pin(HttpRequest request, string path, bool pinned, string function) => api.Run(
        request,
        async call => call.Ok(Answer(call, await directories.PinAsync(call.Caller, DirectoryPath.Of(path), pinned, call.Cancelled))),
        function);

    private DirectoryAnswer Answer(ApiCall call, CachedDirectory directory) => DirectoryAnswer.Of(directory, directories.Ttl, call.Now);

    private static IResult Pending(ApiCall call, Job job, string what) =>
        call.Accepted(job.Id, new DirectoryJobAnswer(job.Id, job.BytesDone), $"{what} goes on as a job.");

    private static DirectorySort Sort(string text) => Choices.Parse<DirectorySort>("sort", text.StartsWith('-') ? text[1..] : text);

    private static DirectoryPlace? Place(string? cursor)
    {
        if (Cursor.Read(cursor) is not { } text) return null;
        return text.IndexOf('|') is > 0 and var end && long.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new DirectoryPlace(value, text[(end + 1)..])
            : throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
    }

    private static string Escape(DirectoryPath path) => string.Join('/', path.Text.Split('/').Select(Uri.EscapeDataString));
}

internal sealed record RemovedDirectoryAnswer(string Path, long SizeBytes, long FileCount, bool FilesRemoved);

internal sealed record DirectoryJobAnswer(string JobId, long BytesDone);
