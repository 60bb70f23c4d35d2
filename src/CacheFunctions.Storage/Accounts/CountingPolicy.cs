using Azure.Core;
using Azure.Core.Pipeline;

namespace CacheFunctions.Storage.Accounts;

/// <summary>Counts every request that goes out, each retry on its own, because each is charged.</summary>
internal sealed class CountingPolicy(StorageTransactions transactions, bool isTable) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message) =>
        transactions.Count(isTable ? Table(message.Request) : Blob(message.Request));

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
