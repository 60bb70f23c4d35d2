using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>What the Functions host calls besides HTTP functions: <c>GET /</c> until something answers, and a POST for each run of a timer.</summary>
internal sealed class CustomHandlerTimers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, Func<IServiceProvider, TimerInfo, CancellationToken, Task>> _timers;
    private readonly ErrorAnswers _errors;

    public CustomHandlerTimers(FunctionCatalog catalog, ErrorAnswers errors)
    {
        _errors = errors;
        _timers = catalog.Timers.ToDictionary(timer => "/" + timer.Name, Runner, StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>False: the request is none of these.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (HttpMethods.IsGet(context.Request.Method) && path is "/" or "") return true;
        if (!HttpMethods.IsPost(context.Request.Method) || !_timers.TryGetValue(path, out var run)) return false;
        try
        {
            var timer = await ReadAsync(context).ConfigureAwait(false);
            await run(context.RequestServices, timer, context.RequestAborted).ConfigureAwait(false);
            var answer = new Dictionary<string, object?> { ["Outputs"] = new Dictionary<string, object>(), ["Logs"] = Array.Empty<string>(), ["ReturnValue"] = null };
            await context.Response.WriteAsJsonAsync(answer, (JsonSerializerOptions?)null, context.RequestAborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the host learns of it as a failed invocation.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _errors.AnswerAsync(context, e).ConfigureAwait(false);
        }

        return true;
    }

    private static Func<IServiceProvider, TimerInfo, CancellationToken, Task> Runner(TimerFunction timer)
    {
        var activate = FunctionActivator.For(timer.Method.DeclaringType!);
        var invoke = TimerInvoker.Of(timer.Method);
        return (services, info, cancellation) => invoke(activate(services), info, cancellation);
    }

    private static async Task<TimerInfo> ReadAsync(HttpContext context)
    {
        try
        {
            var call = await context.Request.ReadFromJsonAsync<Call>(Json, context.RequestAborted).ConfigureAwait(false);
            return call?.Data?.Timer ?? new TimerInfo();
        }
        catch (JsonException e)
        {
            throw new CacheException(ErrorCode.InvalidArgument, $"This is not the call of a timer: {e.Message}", null, e);
        }
    }

    private sealed record Call(CallData? Data);

    private sealed record CallData(TimerInfo? Timer);
}
