using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Tests.SelfHost;

#pragma warning disable CA1822 // Functions are instance methods.
/// <summary>What the tests of the function host call.</summary>
internal sealed class TestFunctions(IConfiguration configuration, TestFunctions.Gone gone)
{
    [Function("Wait")]
    public async Task Wait([HttpTrigger(AuthorizationLevel.Anonymous, Route = "wait")] HttpRequest request, CancellationToken ct)
    {
        try
        {
            await request.HttpContext.Response.WriteAsync("waiting", ct);
            await request.HttpContext.Response.Body.FlushAsync(ct);
            var cancelled = new TaskCompletionSource();
            await using var registration = ct.Register(cancelled.SetCanceled);
            await cancelled.Task;
        }
        finally
        {
            request.HttpContext.Response.OnCompleted(() =>
            {
                gone.Noticed.SetResult();
                return Task.CompletedTask;
            });
        }
    }

    [Function("Echo")]
    public IResult Echo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "echo/{id:guid}/{n:int}/{big:long}/{*rest}")] HttpRequest request,
        Guid id, int n, long big, string? rest, CancellationToken ct) =>
        Results.Text($"{request.Method} {id} {n} {big} {rest ?? "(nothing)"} {configuration["Greeting"]} {ct.CanBeCanceled}");

    [Function("Write")]
    public Task Write([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "write")] HttpRequest request) =>
        request.HttpContext.Response.WriteAsync("written");

    [Function("Keyed")]
    public Task<IResult> Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequest request) =>
        Task.FromResult(Results.Ok());

    [Function("AdminOnly")]
    public Task<IResult> AdminOnly([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "adminonly")] HttpRequest request) =>
        Task.FromResult(Results.Ok());

    [Function("Locked")]
    public async Task<IResult> Locked([HttpTrigger(AuthorizationLevel.Anonymous, Route = "locked")] HttpRequest request)
    {
        request.HttpContext.Response.Headers.ETag = "\"1\"";
        request.HttpContext.Response.Headers["x-kept"] = "yes";
        await Task.Yield();
        throw new CacheException(ErrorCode.Locked, "Held by another.", new Dictionary<string, object?> { ["holder"] = "ann" });
    }

    [Function("Bug")]
    public IResult Bug([HttpTrigger(AuthorizationLevel.Anonymous, Route = "bug")] HttpRequest request) =>
        throw new InvalidOperationException("a secret detail");

    [Function("BugInMidResponse")]
    public async Task BugInMidResponse([HttpTrigger(AuthorizationLevel.Anonymous, Route = "midbug")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("the first part");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("a secret detail");
    }

    [Function("Read")]
    public async Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "read")] HttpRequest request)
    {
        await request.Body.CopyToAsync(Stream.Null);
        return Results.Ok();
    }

    [Function("Number")]
    public IResult Number([HttpTrigger(AuthorizationLevel.Anonymous, Route = "number/{n}")] HttpRequest request, int n) => Results.Ok(n);

    public sealed class Gone
    {
        public TaskCompletionSource Noticed { get; } = new();
    }
}
