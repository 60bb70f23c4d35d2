using System.Buffers.Text;

namespace CacheFunctions.Operations;

/// <summary>
/// How far each shard of a table's log was read. It only ever moves forward, and of two that are both true the further one in
/// each shard is true too: so who has to bring two together needs no lock. As text it is a cursor, with which any instance goes on.
/// </summary>
public sealed class LogPosition
{
    private readonly long[] _seen;

    public LogPosition(int shardCount)
        : this(new long[shardCount])
    {
    }

    private LogPosition(long[] seen) => _seen = seen;

    public int ShardCount => _seen.Length;

    public long this[int shard] => _seen[shard];

    /// <summary>How many operations lie before it.</summary>
    public long Total => _seen.Sum();

    public void Advance(int shard, long to) => _seen[shard] = Math.Max(_seen[shard], to);

    public void Advance(LogPosition to)
    {
        for (var shard = 0; shard < _seen.Length; shard++) Advance(shard, to[shard]);
    }

    /// <summary>Whether it lies before <paramref name="other"/> in no shard.</summary>
    public bool HasReached(LogPosition other) => !_seen.Where((number, shard) => number < other[shard]).Any();

    public LogPosition Copy() => new([.. _seen]);

    /// <summary>Opaque, and fit for headers and addresses: two to twelve characters a shard, mostly two.</summary>
    public override string ToString()
    {
        using var bytes = new MemoryStream(_seen.Length * 2);
        using var writer = new BinaryWriter(bytes);
        foreach (var number in _seen) writer.Write7BitEncodedInt64(number);
        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <returns>null: no position of a log with so many shards was ever written like this.</returns>
    public static LogPosition? Parse(string text, int shardCount)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(Base64Url.DecodeFromChars(text)));
            var read = new LogPosition([.. Enumerable.Range(0, shardCount).Select(_ => reader.Read7BitEncodedInt64())]);
            // Each has one spelling only.
            return read._seen.All(number => number >= 0) && read.ToString() == text ? read : null;
        }
        catch (Exception error) when (error is FormatException or EndOfStreamException)
        {
            return null;
        }
    }
}
