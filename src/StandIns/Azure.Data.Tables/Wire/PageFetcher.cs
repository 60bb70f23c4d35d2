using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>One page, parsed as it arrives: {"value":[..]}, at most 1,000 rows.</summary>
internal static class PageFetcher
{
    public static async Task<Page<T>> FetchAsync<T>(
        TableChannel channel,
        string pathAndQuery,
        Func<JsonElement, T> readRow,
        Func<Response, string?> continuation,
        CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await FetchOnceAsync(channel, pathAndQuery, readRow, continuation, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (IOException) when (retries < channel.MaxRetries)
            {
                // The pipeline has done its part once the headers are there; a body that breaks off is asked for again.
            }
        }
    }

    private static async Task<Page<T>> FetchOnceAsync<T>(
        TableChannel channel,
        string pathAndQuery,
        Func<JsonElement, T> readRow,
        Func<Response, string?> continuation,
        CancellationToken cancellationToken)
    {
        using var message = channel.CreateMessage(RequestMethod.Get, pathAndQuery);
        message.BufferResponse = false;
        var response = await channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var body = message.ExtractResponseContent() ?? Stream.Null;
        await using (body.ConfigureAwait(false))
        {
            using var document = await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
            var rows = document.RootElement.GetProperty("value");
            var values = new List<T>(rows.GetArrayLength());
            foreach (var row in rows.EnumerateArray())
                values.Add(readRow(row));
            return Page<T>.FromValues(values, continuation(response), response);
        }
    }
}
