using System.Net;

namespace CacheFunctions.IntegrationTests.Uploads;

/// <summary>A body that breaks off: as many bytes are announced, fewer come.</summary>
internal sealed class InterruptedContent(byte[] bytes, int offset, int length, int comes) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(offset, comes));
        await stream.FlushAsync();
        throw new IOException("The connection was cut.");
    }

    protected override bool TryComputeLength(out long announced)
    {
        announced = length;
        return true;
    }
}
