namespace CacheFunctions.Events;

/// <summary>Something that happened, as other services are told of it.</summary>
/// <param name="Id">The operation's; the same however often it is told.</param>
/// <param name="Log">The table in whose log it stands.</param>
/// <param name="Subject">The path of what it is about.</param>
/// <param name="Data">A JSON object.</param>
public sealed record ServiceEvent(string Id, string Log, string Type, string Subject, DateTimeOffset Time, ReadOnlyMemory<byte> Data);
