namespace CacheFunctions.Operations;

/// <summary>An operation with its place in the log.</summary>
/// <param name="Sequence">Its number in its shard: 1, 2, 3, … without a gap.</param>
public sealed record LoggedOperation(string Table, int Shard, long Sequence, DateTimeOffset Timestamp, Operation Operation)
{
    /// <summary>Unique and lasting; also the id of the event that tells of it.</summary>
    public string Id => $"{Table}-{Shard:x2}-{Sequence}";
}
