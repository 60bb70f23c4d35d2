using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Jobs;

/// <summary>Work that outlived a reply.</summary>
public sealed class JobFunctions(Api api, JobRunner jobs)
{
    [Function(nameof(GetJob))]
    [Answers("How far a job is, or how it ended", ErrorCode.NotFound, Ok = typeof(JobAnswer))]
    public IResult GetJob(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/jobs/{jobId}")] HttpRequest request, string jobId) =>
        api.Run(request, async call => call.Ok(JobAnswer.Of(await jobs.GetAsync(call.Caller, jobId, call.Cancelled))));
}

/// <summary>A job as callers see it.</summary>
internal sealed record JobAnswer(
    string JobId,
    string Kind,
    JobState State,
    string Subject,
    string FilePath,
    long BytesDone,
    long? BytesTotal,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    JsonElement? Result,
    JobError? Error)
{
    public static JobAnswer Of(Job job) => new(
        job.Id,
        job.Kind,
        job.State,
        job.Subject,
        job.FilePath,
        job.BytesDone,
        job.BytesTotal,
        job.StartedAt,
        job.FinishedAt,
        job.Result is null ? null : JsonDocument.Parse(job.Result).RootElement,
        job.Error is null ? null : new JobError(JsonNamingPolicy.SnakeCaseLower.ConvertName(job.ErrorCode ?? "Internal"), job.Error));
}

internal sealed record JobError(string Code, string Message);

/// <summary>What goes on beyond the answer.</summary>
internal sealed record JobStartedAnswer(string JobId);
