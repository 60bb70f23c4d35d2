using System.Diagnostics;
using Azure.Core;
using CacheFunctions.Observability;
using static CacheFunctions.Observability.Telemetry;

namespace CacheFunctions.Storage.Accounts;

/// <summary>
/// Tells of one call to storage. The Azure libraries have spans of their own; they are not used, because they are two to a call and name the
/// address that was called, which may hold a signature.
/// </summary>
internal static class StorageTelemetry
{
    private static readonly Names[] All = [.. Enum.GetValues<StorageCall>().Select(Names.Of)];
    private static readonly KeyValuePair<string, object?> Sent = Tag(Attributes.Direction, "transmit");
    private static readonly KeyValuePair<string, object?> Received = Tag(Attributes.Direction, "receive");

    public static Activity? Start(StorageCall call)
    {
        var names = All[(int)call];
        var span = Source.StartActivity(names.Span, ActivityKind.Client);
        span?.SetTag(names.Kind.Key, names.Kind.Value).SetTag(names.Operation.Key, names.Operation.Value);
        return span;
    }

    /// <param name="began">As <see cref="Stopwatch.GetTimestamp"/>.</param>
    public static void Answered(StorageCall call, HttpMessage message, long began, Activity? span)
    {
        var (request, response) = (message.Request, message.Response);
        Record(call, OutcomeOf(response.Status), began);
        if (StorageBytes.Enabled)
        {
            var kind = All[(int)call].Kind;
            if (request.Content is { } body && body.TryComputeLength(out var sent)) StorageBytes.Add(sent, kind, Sent);
            if (request.Method != RequestMethod.Head && response.Headers.ContentLengthLong is { } received) StorageBytes.Add(received, kind, Received);
        }

        if (span is null) return;
        span.SetTag(Attributes.Status, response.Status).SetTag(Attributes.Outcome, OutcomeOf(response.Status));
        if (response.Status >= 500) span.SetStatus(ActivityStatusCode.Error);
    }

    public static void Failed(StorageCall call, Exception error, long began, Activity? span)
    {
        Record(call, "failed", began);
        // Its message may hold the address.
        span?.SetTag(Attributes.Outcome, "failed").SetTag(Attributes.Error, OwnTrace.TypeOf(error)).SetStatus(ActivityStatusCode.Error);
    }

    private static void Record(StorageCall call, string outcome, long began)
    {
        var names = All[(int)call];
        StorageOperations.Add(1, names.Kind, names.Operation, Tag(Attributes.Outcome, outcome));
        if (StorageDuration.Enabled) StorageDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, names.Kind, names.Operation);
    }

    private static string OutcomeOf(int status) => status switch
    {
        < 400 => "ok",
        404 => "missing",
        409 or 412 => "conflict",
        401 or 403 => "refused",
        429 or 503 => "busy",
        _ => "failed",
    };

    private sealed record Names(string Span, KeyValuePair<string, object?> Kind, KeyValuePair<string, object?> Operation)
    {
        public static Names Of(StorageCall call)
        {
            var kind = call is StorageCall.TableRead or StorageCall.TableQuery or StorageCall.TableWrite ? "table" : "blob";
            var operation = call.ToString()[kind.Length..].ToLowerInvariant();
            return new Names($"{kind} {operation}", Tag(Attributes.Kind, kind), Tag(Attributes.Operation, operation));
        }
    }
}
