using System.Net.Http.Headers;

namespace CacheFunctions.Client;

/// <summary>Which bytes of a content are wanted.</summary>
public readonly record struct ByteRange
{
    private readonly RangeItemHeaderValue _value;

    private ByteRange(RangeItemHeaderValue value) => _value = value;

    /// <param name="offset">The first byte, from 0.</param>
    /// <param name="length">How many, at least 1; fewer come where the content ends. null: all up to the end.</param>
    public static ByteRange From(long offset, long? length = null) => new(new RangeItemHeaderValue(offset, length is { } count ? offset + count - 1 : null));

    /// <param name="length">How many of the last bytes, at least 1.</param>
    public static ByteRange Last(long length) => new(new RangeItemHeaderValue(null, length));

    public override string ToString() => $"bytes={_value}";
}
