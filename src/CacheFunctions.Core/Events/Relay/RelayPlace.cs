using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Relay;

/// <summary>Up to where a table's log was published.</summary>
/// <param name="Seen">Every event of an operation before it was taken by the sink.</param>
/// <param name="Changed">Where the last change of a cached file was published, as <see cref="LogPosition.Total"/> at that time.</param>
/// <param name="Told">The highest such place of which the statistics were published.</param>
internal sealed record RelayPlace(LogPosition Seen, long Changed, long Told)
{
    public bool OwesStatistics => Changed > Told;

    /// <returns>The beginning of the log, where nothing was ever published.</returns>
    public static RelayPlace Read(Row? row, int shardCount)
    {
        if (row is null) return new RelayPlace(new LogPosition(shardCount), 0, 0);
        var seen = LogPosition.Parse(row.Values.RequiredText("seen"), shardCount)
            ?? throw new InvalidDataException($"The relay's place '{row.Key}' is not that of a log with {shardCount} shards.");
        return new RelayPlace(seen, row.Values.RequiredNumber("changed"), row.Values.RequiredNumber("told"));
    }

    public RowValues Write() => new() { { "schema", 1 }, { "seen", Seen.ToString() }, { "changed", Changed }, { "told", Told } };
}
