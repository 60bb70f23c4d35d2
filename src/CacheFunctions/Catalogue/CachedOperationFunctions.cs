using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>The log of cached files over HTTP. No call changes it.</summary>
public sealed class CachedOperationFunctions(Api api, CachedFilesService files)
{
    [Function(nameof(ListCacheOperations))]
    [Answers("The log of cached files, newest first", Items = typeof(CacheOperationAnswer), Plural = "operations")]
    [Accepts(Query = ["limit", "user_id", "operation_type", "file_id", "since", "cursor"])]
    public IResult ListCacheOperations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/operations")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var limit = call.Query.Number("limit", 50, 1, 500);
            var filter = OperationFilter.Of(call.Query);
            var file = call.Query.Text("file_id");
            if (file is not null && !CachedFileId.TryParse(file, out _)) throw CacheException.Invalid("file_id", "must be a cached file's id, a UUID.");
            var (page, cursor) = await files.GetOperationLogsAsync(
                call.Caller,
                logged => filter.Fits(logged) && (file is null || logged.Operation.Entity == file),
                limit,
                call.Query.Text("cursor"),
                call.Cancelled);
            return call.Page("operations", [.. page.Select(operation => new CacheOperationAnswer(operation))], limit, cursor);
        });
}

internal sealed record CacheOperationAnswer : OperationAnswer
{
    public CacheOperationAnswer(LoggedOperation logged)
        : base(logged) => FileId = logged.Operation.Entity;

    public string FileId { get; }
}
