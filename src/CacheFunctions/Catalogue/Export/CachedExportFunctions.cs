using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue.Export;

/// <summary>All cached files as a download, for machines and admins.</summary>
public sealed class CachedExportFunctions(Api api, CachedFilesService files)
{
    [Function(nameof(ExportCachedFiles))]
    [Answers("Cached files as a download", Content = "*/*")]
    [Accepts(Query = ["format", "user_id", "status", "include_metadata"])]
    public IResult ExportCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/export")] HttpRequest request) =>
        api.Run(request, call =>
        {
            var format = call.Query.Choice<ExportFormat>("format") ?? ExportFormat.Csv;
            var includeMetadata = call.Query.Flag("include_metadata", false);
            var user = call.Query.Text("user_id") is { } text ? Fields.UserId(text) : null;
            var exported = files.ExportCachedFilesAsync(call.Caller, user, call.Query.Choice<FileStatus>("status"), call.Cancelled);
            return ValueTask.FromResult<IResult>(new ExportResult(exported, format, includeMetadata, call.Now));
        });
}
