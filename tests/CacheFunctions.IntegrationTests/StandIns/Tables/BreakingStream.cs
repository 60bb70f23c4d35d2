using System.Text;
using CacheFunctions.Content;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

/// <summary>A connection that gives some text and is then lost. Cannot seek, as a network cannot.</summary>
internal sealed class BreakingStream(string text, bool breaks = true) : ForwardOnlyStream
{
    private readonly MemoryStream _text = new(Encoding.UTF8.GetBytes(text));

    public bool Closed { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _text.ReadAsync(buffer, cancellationToken);
        return read == 0 && breaks ? throw new IOException("The connection was lost.") : read;
    }

    protected override void Dispose(bool disposing)
    {
        Closed = true;
        base.Dispose(disposing);
    }
}
