using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>What every JSON answer stands in.</summary>
/// <param name="Timestamp">By the service's clock.</param>
internal sealed record Envelope<T>(T Data, string? Message, DateTimeOffset Timestamp);

internal sealed record ErrorEnvelope(string? Error, string? Code, Dictionary<string, JsonElement>? Details);

/// <summary>A JSON answer.</summary>
/// <param name="JobId">The job that goes on; null: it is done.</param>
internal sealed record Answer<T>(T Data, DateTimeOffset Timestamp, string? JobId);
