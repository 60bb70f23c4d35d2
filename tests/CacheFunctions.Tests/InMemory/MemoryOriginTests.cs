using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Origins;

namespace CacheFunctions.Tests.InMemory;

public sealed class MemoryOriginTests : OriginContract
{
    private const int StepBytes = 256 << 10;
    private const int BlockBytes = StepBytes * MemoryOriginWriter.StepsPerBlock;

    private readonly MemoryDisk _disk = new(TimeProvider.System);

    protected override Task<IOrigin> OriginAsync(bool readOnly = false) =>
        Task.FromResult<IOrigin>(new MemoryOrigin("nas", _disk, Link.Sound, readOnly, StepBytes));

    protected override long ResumesAt(long brokeOffAt) => brokeOffAt / BlockBytes * BlockBytes;

    protected override Task PutAsync(string path, byte[] bytes)
    {
        _disk.Put(path, bytes);
        return Task.CompletedTask;
    }

    protected override Task<byte[]?> GetAsync(string path) => Task.FromResult(_disk.Find(path)?.Bytes);

    protected override Task DeleteAsync(string path)
    {
        _disk.Delete(path);
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<string>> PathsAsync() => Task.FromResult<IReadOnlyList<string>>([.. _disk.Files.Keys]);
}
