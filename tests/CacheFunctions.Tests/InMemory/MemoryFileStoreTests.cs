using CacheFunctions.Files;
using CacheFunctions.Tests.Files;

namespace CacheFunctions.Tests.InMemory;

public sealed class MemoryFileStoreTests : FileStoreContract
{
    protected override IFileStore Store() => new MemoryFileStore(TimeProvider.System);
}
