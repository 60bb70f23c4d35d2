using System.Collections.Concurrent;
using System.Text;
using CacheFunctions.IntegrationTests.BadInput;

namespace CacheFunctions.IntegrationTests.OpenApi;

/// <summary>Which of the answers that the service says it may give have come, each held against what it says of it.</summary>
internal sealed class Seen(Interface described)
{
    private readonly ConcurrentDictionary<(string Operation, int Status), bool> _seen = [];

    /// <summary>As "GET /api/sessions: 429".</summary>
    public IEnumerable<string> Missing =>
        from each in described.All
        where !_seen.ContainsKey(each)
        select $"{each.Operation}: {each.Status}";

    /// <param name="request">As it was sent.</param>
    /// <returns>What is wrong with it; null: it is as it is described, or comes from the server and not from the service.</returns>
    public string? Note(Endpoint endpoint, string request, Answer? answer)
    {
        // Another verb is another operation.
        if (answer?.Header("x-request-id").Any() != true || !request.StartsWith(endpoint.Verb + " ", StringComparison.Ordinal)) return null;
        // What reaches no function has none that describes it.
        if (answer.Status == 405 || answer.Body.Contains("There is nothing at this path", StringComparison.Ordinal)) return null;
        _seen[(endpoint.Described, answer.Status)] = true;
        var body = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer.Body));
        var problems = described.Problems(endpoint.Described, answer.Status, answer.Header("Content-Type").FirstOrDefault(), body).Take(3).ToList();
        return problems.Count == 0 ? null : $"it is not as described: {string.Join("; ", problems)}";
    }
}
