using CacheFunctions.Catalogue.Index;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>Lists of cached files over HTTP.</summary>
public sealed class CachedListFunctions(Api api, CachedFilesService files)
{
    [Function(nameof(ListCachedFiles))]
    [Accepts(Query =
    [
        "search", "user_id", "status", "triggered_by_operation", "size_min", "size_max", "cached_since", "limit", "offset", "cursor", "sort", "consistent",
    ])]
    public Task<IResult> ListCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/files")] HttpRequest request) =>
        api.RunAsync(request, call => ListAsync(call, CachedFilesQuery.Of(call.Query)));

    [Function(nameof(ListCachedFilesOfUser))]
    [Accepts(Query =
    [
        "search", "status", "triggered_by_operation", "size_min", "size_max", "cached_since", "limit", "offset", "cursor", "sort", "consistent",
    ])]
    public Task<IResult> ListCachedFilesOfUser(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/users/{userId}/files")] HttpRequest request, string userId) =>
        api.RunAsync(request, call => ListAsync(call, CachedFilesQuery.Of(call.Query, Fields.UserId(userId))));

    [Function(nameof(SearchCachedFiles))]
    [Accepts(Query = ["q", "type", "limit", "include_removed", "cursor", "consistent"])]
    public Task<IResult> SearchCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/files/search")] HttpRequest request) =>
        api.RunAsync(request, async call =>
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
            return call.Ok(new
            {
                Query = text,
                SearchType = type,
                Results = page.Files.Select(CachedFileAnswer.Of),
                TotalFound = page.TotalCount,
                LimitedTo = limit,
                Pagination = new { Limit = limit, HasMore = page.Next is not null, Cursor = page.Next?.ToString() },
            });
        });

    private async Task<IResult> ListAsync(ApiCall call, FilesQuery query)
    {
        var page = await files.GetCachedFilesAsync(call.Caller, query, call.Query.Flag("consistent", false), call.Cancelled);
        return call.Ok(new
        {
            Files = page.Files.Select(CachedFileAnswer.Of),
            Pagination = new
            {
                query.Limit,
                query.Offset,
                page.TotalCount,
                HasMore = page.Next is not null,
                Cursor = page.Next?.ToString(),
            },
            FilterApplied = CachedFilesQuery.Applied(page.Filter, query),
        });
    }
}
