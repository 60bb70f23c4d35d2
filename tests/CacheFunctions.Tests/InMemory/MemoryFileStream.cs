using CacheFunctions.Content;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Reads a file in several steps: who rewrites it meanwhile makes what is read a mixture.</summary>
internal sealed class MemoryFileStream(DiskFolder folder, MemoryFile file, int stepBytes) : ForwardOnlyStream
{
    private long _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = await folder.ReadAsync(file, _position, Math.Min(buffer.Length, stepBytes));
        bytes.CopyTo(buffer);
        _position += bytes.Length;
        return bytes.Length;
    }
}
