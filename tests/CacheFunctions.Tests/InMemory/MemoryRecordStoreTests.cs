using CacheFunctions.Storage;
using CacheFunctions.Tests.Storage;

namespace CacheFunctions.Tests.InMemory;

public sealed class MemoryRecordStoreTests : RecordStoreContract
{
    protected override Task<IRecordStore> StoreAsync() => Task.FromResult<IRecordStore>(new MemoryRecordStore());
}
