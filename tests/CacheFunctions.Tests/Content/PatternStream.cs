using CacheFunctions.Content;

namespace CacheFunctions.Tests.Content;

/// <summary>
/// Content of any length that nobody has to hold: each byte follows from its place. Read once and forward, as a
/// request's body; may fail at a place.
/// </summary>
public sealed class PatternStream(long length, long start = 0, (long At, Exception Error)? failure = null, Action? onRead = null) : ForwardOnlyStream
{
    // A prime length: no block size that storage uses repeats it.
    private static readonly byte[] Pattern = Make(1_000_003);

    private long _position;

    public static byte[] Bytes(long length, long start = 0)
    {
        var bytes = new byte[length];
        new PatternStream(length, start).ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads to the end and compares every byte.</summary>
    public static async Task AssertEqualAsync(Stream actual, long length, long start = 0, Action? onRead = null, CancellationToken cancellation = default)
    {
        using var expected = new PatternStream(length, start);
        var (got, wanted) = (new byte[128 << 10], new byte[128 << 10]);
        long position = 0;
        for (int count; (count = await actual.ReadAsync(got, cancellation)) > 0; position += count)
        {
            onRead?.Invoke();
            Assert.True(position + count <= length, $"More than {length} bytes came.");
            expected.ReadExactly(wanted.AsSpan(0, count));
            Assert.True(got.AsSpan(0, count).SequenceEqual(wanted.AsSpan(0, count)), $"The bytes from {position} differ.");
        }

        Assert.Equal(length, position);
    }

    public override int Read(Span<byte> buffer)
    {
        onRead?.Invoke();
        if (failure is { } fails && _position >= fails.At) throw fails.Error;
        var end = failure is { } later ? Math.Min(length, later.At) : length;
        var from = (int)((start + _position) % Pattern.Length);
        var count = (int)Math.Min(Math.Min(buffer.Length, end - _position), Pattern.Length - from);
        Pattern.AsSpan(from, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        return Read(buffer.Span);
    }

    private static byte[] Make(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
