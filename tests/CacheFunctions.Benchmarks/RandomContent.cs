using System.Net;

namespace CacheFunctions.Benchmarks;

/// <summary>A body of any length that takes no memory of its own.</summary>
internal sealed class RandomContent(long bytes, int seed = 1) : HttpContent
{
    private static readonly byte[] Block = MakeBlock();

    public static async Task WriteFileAsync(string path, long length)
    {
        await using var file = File.Create(path);
        await new RandomContent(length).CopyToAsync(file);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // Begins elsewhere for each seed, so that two bodies differ.
        var from = (int)((uint)(seed * 4099) % (Block.Length / 2));
        for (var left = bytes; left > 0;)
        {
            var count = (int)Math.Min(left, Block.Length - from);
            await stream.WriteAsync(Block.AsMemory(from, count));
            (left, from) = (left - count, 0);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes;
        return true;
    }

    private static byte[] MakeBlock()
    {
        var block = new byte[1 << 20];
        new Random(42).NextBytes(block);
        return block;
    }
}
