using CacheFunctions.Catalogue.Index;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>Lists of cached files over HTTP.</summary>
public sealed class CachedListFunctions(Api api, CachedFilesService files)
{
    [Function(nameof(ListCachedFiles))]
    [Answers("Cached files, filtered and sorted", Ok = typeof(CachedFilePage))]
    [Accepts(Query =
    [
        "search", "user_id", "status", "triggered_by_operation", "size_min", "size_max", "cached_since", "limit", "offset", "cursor", "sort", "consistent",
    ])]
    public IResult ListCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/files")] HttpRequest request) =>
        api.Run(request, call => ListAsync(call, CachedFilesQuery.Of(call.Query)));

    [Function(nameof(ListCachedFilesOfUser))]
    [Answers("The cached files of a user", Ok = typeof(CachedFilePage))]
    [Accepts(Query =
    [
        "search", "status", "triggered_by_operation", "size_min", "size_max", "cached_since", "limit", "offset", "cursor", "sort", "consistent",
    ])]
    public IResult ListCachedFilesOfUser(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/users/{userId}/files")] HttpRequest request, string userId) =>
        api.Run(request, call => ListAsync(call, CachedFilesQuery.Of(call.Query, Fields.UserId(userId))));

    [Function(nameof(SearchCachedFiles))]
    [Answers("Cached files by a part of their name or path", Ok = typeof(FoundFilesAnswer))]
    [Accepts(Query = ["q", "type", "limit", "include_removed", "cursor", "consistent"])]
    public IResult SearchCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/files/search")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var text = Fields.Required("q", call.Query.Text("q"));
            var type = call.Query.Choice<SearchType>("type") ?? SearchType.All;
            var limit = call.Query.Number("limit", 50, 1, CachedFilesQuery.MaxLimit);
            var page = await files.SearchCachedFilesAsync(
                call.Caller,
                text,
                type,
                limit,
                call.Query.Flag("include_removed", false),
                CachedFilesQuery.Cursor(call.Query),
                call.Query.Flag("consistent", false),
                call.Cancelled);
            return call.Ok(new FoundFilesAnswer(
                text, type, page.Files.Select(CachedFileAnswer.Of), page.TotalCount, limit, new Pagination(limit, page.Next is not null, page.Next?.ToString())));
        });

    private async ValueTask<IResult> ListAsync(ApiCall call, FilesQuery query)
    {
        var page = await files.GetCachedFilesAsync(call.Caller, query, call.Query.Flag("consistent", false), call.Cancelled);
        return call.Ok(new CachedFilePage(
            page.Files.Select(CachedFileAnswer.Of),
            new CachedFilePagination(query.Limit, query.Offset, page.TotalCount, page.Next is not null, page.Next?.ToString()),
            CachedFilesQuery.Applied(page.Filter, query)));
    }
}

internal sealed record CachedFilePage(
    IEnumerable<CachedFileAnswer> Files, CachedFilePagination Pagination, IReadOnlyDictionary<string, object> FilterApplied);

/// <param name="TotalCount">Of all pages.</param>
internal sealed record CachedFilePagination(int Limit, int Offset, long TotalCount, bool HasMore, string? Cursor);

/// <param name="TotalFound">Of all pages.</param>
internal sealed record FoundFilesAnswer(
    string Query, SearchType SearchType, IEnumerable<CachedFileAnswer> Results, long TotalFound, int LimitedTo, Pagination Pagination);
