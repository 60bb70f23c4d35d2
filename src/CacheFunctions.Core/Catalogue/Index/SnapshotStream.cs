using System.Buffers.Binary;
using CacheFunctions.Content;

namespace CacheFunctions.Catalogue.Index;

/// <summary>The bytes of a snapshot, straight from its columns: memory for nothing but the checksum at its end.</summary>
internal sealed class SnapshotStream(IReadOnlyList<SnapshotStream.Part> parts) : ForwardOnlyStream
{
    private readonly byte[] _end = new byte[sizeof(uint)];
    private Crc32C _checksum = new();
    private int _part;
    private int _at;

    public delegate ReadOnlySpan<byte> Part();

    public override long Length { get; } = parts.Sum(part => (long)part().Length) + sizeof(uint);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override int Read(Span<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length && _part <= parts.Count)
        {
            var left = Current()[_at..];
            var some = Math.Min(left.Length, buffer.Length - count);
            left[..some].CopyTo(buffer[count..]);
            if (_part < parts.Count) _checksum.Append(left[..some]);
            count += some;
            _at += some;
            if (some == left.Length) (_part, _at) = (_part + 1, 0);
        }

        return count;
    }

    private ReadOnlySpan<byte> Current()
    {
        if (_part < parts.Count) return parts[_part]();
        BinaryPrimitives.WriteUInt32LittleEndian(_end, _checksum.Value);
        return _end;
    }
}
