using System.IO.Compression;
using CacheFunctions.Content.Compression;

namespace CacheFunctions.Tests.Content.Compression;

/// <summary>The whole is a gzip stream for everybody, and a part is read without the rest.</summary>
public sealed class GzipFramesTests
{
    private const int Frame = GzipFrames.PlainBytes;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Frame - 1)]
    [InlineData(Frame)]
    [InlineData(Frame + 1)]
    [InlineData(5 * Frame + 7)]
    public async Task What_was_compressed_is_one_valid_gzip_stream_and_reads_back_whole(int length)
    {
        foreach (var plain in new[] { Words(length), PatternStream.Bytes(length) })
        {
            var (stored, content) = await CompressAsync(plain);
            Assert.Equal(plain.Length, content.PlainBytes);
            Assert.Equal(stored.Length, GzipFrames.StoredBytes(content.GzipBytes, content.PlainBytes));
            Assert.Equal(plain, Unzipped(stored.AsSpan(0, (int)content.GzipBytes).ToArray()));
            Assert.Equal(plain, await ReadAsync(new Source(stored), content, 0, plain.Length));
        }
    }

    [Fact]
    public async Task The_stream_is_of_a_single_member_so_that_clients_that_ignore_further_ones_read_all()
    {
        var (stored, content) = await CompressAsync(Words(3 * Frame));
        // A raw deflate reader stops where the first member ends.
        using var deflated = new MemoryStream(stored, GzipFrames.Header.Length, (int)content.GzipBytes - GzipFrames.Header.Length);
        using var inflate = new DeflateStream(deflated, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        inflate.CopyTo(plain);
        Assert.Equal(3 * Frame, plain.Length);
    }

    [Fact]
    public async Task A_range_reads_its_frames_and_their_places_and_nothing_else()
    {
        var plain = Words(20 * Frame + 11);
        var (stored, content) = await CompressAsync(plain);
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var offset = random.Next(plain.Length);
            var length = random.Next(1, Math.Min(3 * Frame, plain.Length - offset) + 1);
            var source = new Source(stored);
            Assert.Equal(plain.AsSpan(offset, length).ToArray(), await ReadAsync(source, content, offset, length));
            var frames = (offset + length - 1) / Frame - offset / Frame + 1;
            var most = frames * (content.GzipBytes / 20.0) * 1.5 + (frames + 1) * GzipFrames.IndexEntryBytes;
            Assert.True(source.BytesRead <= most, $"{source.BytesRead} bytes were read for {frames} frames, offset {offset}, length {length}.");
            Assert.InRange(source.Opened, 1, 2);
        }
    }

    [Fact]
    public async Task What_is_no_larger_than_a_frame_is_read_at_once()
    {
        var (stored, content) = await CompressAsync(Words(1000));
        var source = new Source(stored);
        await ReadAsync(source, content, 10, 20);
        Assert.Equal(1, source.Opened);
    }

    [Fact]
    public async Task A_bomb_puts_out_no_more_than_was_announced()
    {
        var (stored, content) = await CompressAsync(new byte[4 * Frame]);
        // The same frames, of which somebody says that they hold less: all but the last are full, and the last is not believed.
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new Source(stored), content with { PlainBytes = (3 * Frame) + 1 }, 0, (3 * Frame) + 1));
        Assert.Contains("more or less", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_of_the_index_is_found_before_it_leads_anywhere()
    {
        var plain = Words(6 * Frame);
        var (stored, content) = await CompressAsync(plain);
        for (var at = (int)content.GzipBytes; at < stored.Length - GzipFrames.IndexEntryBytes; at++)
        {
            var damaged = stored.ToArray();
            damaged[at] ^= 0x55;
            await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(new Source(damaged), content, 0, plain.Length));
        }
    }

    [Fact]
    public void Only_what_becomes_smaller_is_worth_it()
    {
        Assert.True(GzipFrames.IsWorth(Words(10_000)));
        Assert.False(GzipFrames.IsWorth(PatternStream.Bytes(2 * Frame)));
        Assert.False(GzipFrames.IsWorth("tiny"u8));
        Assert.False(GzipFrames.IsWorth([]));
    }

    internal static byte[] Words(int length)
    {
        var words = new[] { "alpha ", "beta ", "gamma ", "delta ", "epsilon\n" };
        var random = new Random(3);
        var bytes = new List<byte>(length + 8);
        while (bytes.Count < length) bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(words[random.Next(words.Length)]));
        return [.. bytes.Take(length)];
    }

    private static byte[] Unzipped(byte[] gzip)
    {
        using var unzip = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unzip.CopyTo(plain);
        return plain.ToArray();
    }

    private static async Task<(byte[] Stored, CompressedContent Content)> CompressAsync(byte[] plain)
    {
        await using var compressing = new CompressingStream(new MemoryStream(plain));
        using var stored = new MemoryStream();
        await compressing.CopyToAsync(stored, 1000);
        return (stored.ToArray(), new CompressedContent(compressing.PlainBytes, compressing.GzipBytes));
    }

    private static async Task<byte[]> ReadAsync(Source source, CompressedContent content, long offset, long length)
    {
        await using var stream = await content.OpenAsync(source.OpenAsync, offset, length, default);
        using var plain = new MemoryStream();
        await stream.CopyToAsync(plain);
        return plain.ToArray();
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
