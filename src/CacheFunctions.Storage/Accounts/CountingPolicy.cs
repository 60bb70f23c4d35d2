using System.Diagnostics;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CacheFunctions.Storage.Accounts;

/// <summary>Counts every request that goes out, each retry on its own, because each is charged; and tells how it went.</summary>
internal sealed class CountingPolicy(StorageTransactions transactions, bool isTable) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var call = Count(message);
        using var span = StorageTelemetry.Start(call);
        var began = Stopwatch.GetTimestamp();
        try
        {
            ProcessNext(message, pipeline);
            StorageTelemetry.Answered(call, message, began, span);
        }
        catch (Exception error)
        {
            StorageTelemetry.Failed(call, error, began, span);
            throw;
        }
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var call = Count(message);
        using var span = StorageTelemetry.Start(call);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await ProcessNextAsync(message, pipeline);
            StorageTelemetry.Answered(call, message, began, span);
        }
        catch (Exception error)
        {
            StorageTelemetry.Failed(call, error, began, span);
            throw;
        }
    }

    private StorageCall Count(HttpMessage message)
    {
        var call = isTable ? Table(message.Request) : Blob(message.Request);
        transactions.Count(call);
        return call;
    }

    private static StorageCall Table(Request request) =>
        request.Method != RequestMethod.Get ? StorageCall.TableWrite
        : request.Uri.Path.Contains("PartitionKey=", StringComparison.Ordinal) ? StorageCall.TableRead
        : StorageCall.TableQuery;

    private static StorageCall Blob(Request request) =>
        request.Method == RequestMethod.Delete ? StorageCall.BlobDelete
        : request.Method != RequestMethod.Get && request.Method != RequestMethod.Head ? StorageCall.BlobWrite
        : request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) ? StorageCall.BlobList
        : StorageCall.BlobRead;
}
