using System.Globalization;
using System.Runtime.InteropServices;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>What one instance tells all others in one row: which files were touched, and which shards' logs have grown.</summary>
/// <param name="Id">No other has the same: by it the sender finds its notice again after a lost reply.</param>
/// <param name="Ends">A number that the log of a shard has reached, by shard.</param>
internal sealed record Notice(string Id, IReadOnlyList<Touch> Touches, IReadOnlyDictionary<int, long> Ends)
{
    /// <summary>So that the row stays below the service's 1 MiB: a touch takes 75 bytes there.</summary>
    public const int MaxTouches = 10_000;

    // Each text becomes one of at most 32,000 characters; the service takes 32 Ki.
    private const int TouchesPerText = 24_000 / Packed.Length;

    public RowValues Write(DateTimeOffset now)
    {
        var values = new RowValues { { "schema", 1 }, { "id", Id }, { "at", now } };
        if (Ends.Count > 0)
            values.Add("ends", string.Join(',', Ends.Select(end => string.Create(CultureInfo.InvariantCulture, $"{end.Key}:{end.Value}"))));
        var bytes = MemoryMarshal.AsBytes(Touches.Select(Packed.Of).ToArray().AsSpan());
        for (var i = 0; bytes.Length > 0; i++)
        {
            var some = Math.Min(bytes.Length, TouchesPerText * Packed.Length);
            values.Add(TextName(i), Convert.ToBase64String(bytes[..some]));
            bytes = bytes[some..];
        }

        return values;
    }

    public static Notice Read(RowValues values)
    {
        var touches = new List<Touch>();
        for (var i = 0; values.Text(TextName(i)) is { } text; i++)
            foreach (var packed in MemoryMarshal.Cast<byte, Packed>(Convert.FromBase64String(text))) touches.Add(packed.Touch);
        var ends = (values.Text("ends") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(end => end.Split(':'));
        return new Notice(
            values.RequiredText("id"),
            touches,
            ends.ToDictionary(end => int.Parse(end[0], CultureInfo.InvariantCulture), end => long.Parse(end[1], CultureInfo.InvariantCulture)));
    }

    private static string TextName(int index) => "touches" + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Little endian.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly struct Packed
    {
        public const int Length = 28;

        private readonly Guid _id;
        private readonly int _count;
        private readonly long _lastAccessed;

        private Packed(Touch touch) => (_id, _count, _lastAccessed) = (touch.Id, touch.Count, touch.LastAccessed);

        public Touch Touch => new(_id, _count, _lastAccessed);

        public static Packed Of(Touch touch) => new(touch);
    }
}
