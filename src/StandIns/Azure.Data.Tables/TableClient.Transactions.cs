using Azure.Core;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

public partial class TableClient
{
    /// <summary>
    /// All or nothing. At most 100 actions and 4 MiB, all of one partition, no row twice. Retries may follow a lost
    /// answer: a conflict can then stand for a transaction that was written.
    /// </summary>
    /// <returns>An answer for each action, in order, with the new ETag in its headers.</returns>
    /// <exception cref="InvalidOperationException">There is no action.</exception>
    /// <exception cref="TableTransactionFailedException">An action was refused; nothing was written.</exception>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var batch = new BatchWriter(_channel, _name);
        foreach (var action in transactionActions)
            batch.Add(action);
        if (batch.Count == 0)
            throw new InvalidOperationException("Transaction contains no operations.");

        using var message = _channel.CreateMessage(RequestMethod.Post, TableAddress.Batch);
        message.Request.Headers.SetValue("Content-Type", batch.ContentType);
        message.Request.Content = RequestContent.Create(batch.Finish());
        var response = await _channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return Response.FromValue<IReadOnlyList<Response>>(Unpack(response, batch.Count), response);
    }

    private static List<Response> Unpack(Response response, int actions)
    {
        var responses = BatchReader.Read(response.Headers.ContentType, response.Content.ToMemory());
        // The status of the whole is 202 even then: the one answer is the failing action's.
        if (responses is [{ Status: >= 400 } refusal])
            throw new TableTransactionFailedException(new(refusal, null, TableErrorParser.Instance));

        return responses.Count == actions
            ? responses
            : throw new FormatException($"{responses.Count} answers to {actions} actions.");
    }
}
