using CacheFunctions.Content;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Storage.Contents;

public sealed class BlobContentStoreTests(EmulatedAccount emulated) : ContentStoreContract, IClassFixture<EmulatedAccount>
{
    protected override Task<IContentStore> StoreAsync() => Task.FromResult<IContentStore>(new BlobContentStore(emulated.Account, TimeProvider.System));
}
