using CacheFunctions.Tests.Uploads;
using CacheFunctions.Uploads;

namespace CacheFunctions.Tests.InMemory;

public sealed class MemoryUploadStoreTests : UploadStoreContract
{
    private readonly MemoryUploadStore _store = new();

    protected override IUploadStore Store() => _store;
}
