using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>A CloudEvent 1.0 by which storage tells of a file in the directory cache's container.</summary>
public sealed record StorageEvent
{
    public string Specversion { get; } = "1.0";

    public required string Id { get; init; }

    public required string Source { get; init; }

    /// <summary>Microsoft.Storage.BlobCreated or Microsoft.Storage.BlobDeleted; others are ignored.</summary>
    public required string Type { get; init; }

    public string? Subject { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>An object.</summary>
    public JsonElement? Data { get; init; }
}

public sealed record StorageEventsTaken(int Accepted, int Ignored);
