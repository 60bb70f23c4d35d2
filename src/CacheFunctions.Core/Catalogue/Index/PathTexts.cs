using System.Text;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The paths of one shard in one buffer, one after the other as UTF-8, so that a search runs through memory in order
/// and a path costs its bytes alone. A path that is not all ASCII lies there twice: folded for the search, and as it is.
/// </summary>
internal sealed class PathTexts
{
    /// <summary>Bytes after the last text, since searches read whole vectors.</summary>
    public const int Slack = 64;

    private byte[] _bytes;
    private int _end;
    private int _wasted;

    /// <param name="bytes">The texts, and room for the slack after them.</param>
    /// <param name="end">How many bytes are texts.</param>
    public PathTexts(byte[] bytes, int end) => (_bytes, _end) = (bytes, end);

    public PathTexts()
        : this(new byte[Slack], 0)
    {
    }

    public byte[] Bytes => _bytes;

    /// <summary>How many bytes are in use or wasted.</summary>
    public int End => _end;

    public bool HasWaste => _wasted > 0;

    /// <summary>Whether so much was left behind by removed paths that copying the rest pays.</summary>
    public bool ShouldCompact => _wasted > 64 << 10 && _wasted > _end / 4;

    public TextPlace Add(string path)
    {
        if (Ascii.IsValid(path))
        {
            var at = Append(path);
            return new TextPlace(at, path.Length, path.Length - path.LastIndexOf('/') - 1, 0);
        }

        var folded = FoldedText.Of(path);
        var start = Append(folded);
        var length = _end - start;
        Append(path);
        return new TextPlace(start, length, Encoding.UTF8.GetByteCount(folded.AsSpan(folded.LastIndexOf('/') + 1)), _end - start - length);
    }

    /// <summary>Copies a text from another buffer.</summary>
    public TextPlace Add(PathTexts from, TextPlace place)
    {
        Reserve(place.TotalLength);
        from._bytes.AsSpan(place.At, place.TotalLength).CopyTo(_bytes.AsSpan(_end));
        var moved = place with { At = _end };
        _end += place.TotalLength;
        return moved;
    }

    public void Remove(TextPlace place) => _wasted += place.TotalLength;

    public string Path(TextPlace place) => Encoding.UTF8.GetString(
        place.OriginalLength == 0 ? _bytes.AsSpan(place.At, place.Length) : _bytes.AsSpan(place.At + place.Length, place.OriginalLength));

    /// <summary>Whether the path stands here as it is, so that it need not be written again.</summary>
    public bool Holds(TextPlace place, string path) => Path(place) == path;

    /// <summary>Makes room for what is known to come, without the spare room of growth by steps.</summary>
    public void Reserve(int bytes)
    {
        var needed = checked(_end + bytes + Slack);
        if (needed <= _bytes.Length) return;
        // A quarter more, not twice as much: the copying stays cheap, because it is one shard's, and little memory lies idle.
        var grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(needed, needed + needed / 4L), Array.MaxLength));
        _bytes.AsSpan(0, _end).CopyTo(grown);
        _bytes = grown;
    }

    private int Append(string text)
    {
        Reserve(Encoding.UTF8.GetByteCount(text));
        var at = _end;
        _end += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_end));
        return at;
    }
}
