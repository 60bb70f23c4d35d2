using CacheFunctions.Content;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.InMemory;

public sealed class MemoryContentStoreTests : ContentStoreContract
{
    protected override Task<IContentStore> StoreAsync() => Task.FromResult<IContentStore>(new MemoryContentStore());
}
