using CacheFunctions.Directories.Bringing;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Directories;

/// <summary>Filling the directory cache before anybody asks, over HTTP.</summary>
public sealed class WarmFunctions(Api api, DirectoriesService directories)
{
    [Function(nameof(WarmDirectories))]
    [Answers(
        "Brings folders and files of origins before anybody asks",
        ErrorCode.NotFound, ErrorCode.Conflict,
        Ok = typeof(WarmReport), Accepted = typeof(DirectoryJobAnswer))]
    [Accepts(Body = typeof(WarmRequest))]
    public IResult WarmDirectories(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/warm")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var wanted = await call.ReadJsonAsync((WarmRequest body) => body.Checked());
            var items = wanted.Manifest is { } manifest
                ? WarmRequest.OfManifest(await directories.ReadManifestAsync(call.Caller, manifest, call.Cancelled)).ToItems()
                : wanted.ToItems();
            var job = await directories.WarmAsync(call.Caller, items, wanted.MaxBytesPerSecond, call.RequestKey, call.Cancelled);
            if (job.State == JobState.Running) return call.Accepted(job.Id, new DirectoryJobAnswer(job.Id, job.BytesDone), "The warming goes on as a job.");
            var report = WarmReport.Read(job.Result!);
            return call.Ok(report, $"{report.Done} of {report.Items.Count} items are there, {report.Bytes} bytes in {report.Files} files.");
        });
}
