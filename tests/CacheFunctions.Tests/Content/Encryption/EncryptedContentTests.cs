using CacheFunctions.Content.Encryption;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Content.Encryption;

/// <summary>Encrypted content reads back, whole and in parts, reading no more than the chunks of a part.</summary>
public sealed class EncryptedContentTests(ITestOutputHelper output)
{
    private const int Chunk = ChunkCipher.PlainBytes;

    private readonly byte[] _key = ChunkCipher.NewKey();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(3 * Chunk)]
    [InlineData(5 * Chunk + 7)]
    public async Task What_was_encrypted_reads_back(int length)
    {
        var plain = PatternStream.Bytes(length);
        var stored = await EncryptAsync(plain);
        Assert.Equal(ChunkCipher.StoredLength(length), stored.Length);
        Assert.Equal(plain, await ReadAsync(new Source(stored), length, 0, length));
        if (length > 64) Assert.Equal(-1, stored.AsSpan().IndexOf(plain.AsSpan(0, 64)));
    }

    [Fact]
    public async Task A_range_reads_its_chunks_and_nothing_else()
    {
        var plain = PatternStream.Bytes(20 * Chunk + 5);
        var stored = await EncryptAsync(plain);
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var offset = random.Next(plain.Length);
            var length = random.Next(1, Math.Min(3 * Chunk, plain.Length - offset) + 1);
            var source = new Source(stored);
            Assert.Equal(plain.AsSpan(offset, length).ToArray(), await ReadAsync(source, plain.Length, offset, length));
            Assert.Equal(1, source.Opened);
            Assert.InRange(source.BytesRead, length, ((offset + length - 1) / Chunk - offset / Chunk + 1) * ChunkCipher.StoredBytes);
        }
    }

    [Fact]
    public async Task The_same_content_never_gives_the_same_bytes_under_two_keys()
    {
        var first = await EncryptAsync(new byte[100]);
        var second = await EncryptAsync(new byte[100], ChunkCipher.NewKey());
        Assert.NotEqual(first[ChunkCipher.Magic.Length..], second[ChunkCipher.Magic.Length..]);
    }

    [Fact]
    public async Task A_body_of_any_length_passes_through_without_allocations_that_grow_with_it()
    {
        await PassAsync(Chunk);
        var small = await PassAsync(1L << 20);
        var large = await PassAsync(256L << 20);
        output.WriteLine($"{small} bytes for 1 MiB, {large} bytes for 256 MiB");
#if DEBUG
        // Only then the compiler makes an object of each asynchronous call.
        var allowed = (256L << 20) / Chunk * 512;
#else
        // Pools and the runtime may allocate a little at any time; an object for every chunk would be a hundred thousand bytes.
        var allowed = 4096L;
#endif
        Assert.InRange(large - small, long.MinValue, allowed);
    }

    private static async Task<long> PassAsync(long length)
    {
        var key = ChunkCipher.NewKey();
        var buffer = new byte[Chunk];
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var sealing = new ChunkCipher(key);
        await using var encrypting = new EncryptingStream(new Zeros(length), sealing);
        await encrypting.ReadExactlyAsync(buffer.AsMemory(0, ChunkCipher.Magic.Length));
        await using var decrypting = new DecryptingStream(encrypting, new ChunkCipher(key), 0, ChunkCipher.StoredLength(length) - ChunkCipher.Magic.Length);
        long count = 0;
        for (int read; (read = await decrypting.ReadAsync(buffer)) > 0;) count += read;
        Assert.Equal(length, count);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private async Task<byte[]> EncryptAsync(byte[] plain, byte[]? key = null)
    {
        using var cipher = new ChunkCipher(key ?? _key);
        await using var encrypting = new EncryptingStream(new PatternOf(plain), cipher);
        using var stored = new MemoryStream();
        await encrypting.CopyToAsync(stored, 1000);
        Assert.Equal(plain.Length, encrypting.PlainBytes);
        return stored.ToArray();
    }

    private async Task<byte[]> ReadAsync(Source source, long total, long offset, long length)
    {
        await using var stream = await new EncryptedContent(total).OpenAsync(source.OpenAsync, new ChunkCipher(_key), offset, length, default);
        using var plain = new MemoryStream();
        await stream.CopyToAsync(plain);
        return plain.ToArray();
    }

    /// <summary>Gives what it has in odd pieces.</summary>
    private sealed class PatternOf(byte[] bytes) : CacheFunctions.Content.ForwardOnlyStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(buffer.Length, 7001), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }

    private sealed class Zeros(long length) : CacheFunctions.Content.ForwardOnlyStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..count].Clear();
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }

    private sealed class Source(byte[] stored)
    {
        public long BytesRead { get; private set; }

        public int Opened { get; private set; }

        public Task<Stream> OpenAsync(long offset, long length, CancellationToken cancellation)
        {
            Opened++;
            BytesRead += length;
            return Task.FromResult<Stream>(new MemoryStream(stored, (int)offset, (int)length));
        }
    }
}
