using System.Net;

namespace CacheFunctions.IntegrationTests.Overload;

/// <summary>The body of an upload that stops half-way until it is told to go on.</summary>
internal sealed class HeldContent(long total, long heldAt, Task goOn) : HttpContent
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it has stopped.</summary>
    public Task Held => _held.Task;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var piece = new byte[64 << 10];
        for (long sent = 0; sent < total; sent += piece.Length)
        {
            if (sent == heldAt)
            {
                await stream.FlushAsync();
                _held.TrySetResult();
                await goOn;
            }

            await stream.WriteAsync(piece);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = total;
        return true;
    }
}
