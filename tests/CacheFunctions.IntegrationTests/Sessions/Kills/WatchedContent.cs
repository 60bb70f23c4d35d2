using System.Net;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>A body that tells of each piece that is sent.</summary>
internal sealed class WatchedContent(byte[] bytes, Action sent) : HttpContent
{
    public const int PieceBytes = 128 << 10;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var position = 0; position < bytes.Length; position += PieceBytes)
        {
            await stream.WriteAsync(bytes.AsMemory(position, Math.Min(PieceBytes, bytes.Length - position)));
            sent();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
