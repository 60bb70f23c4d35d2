using CacheFunctions.Storage.Contents;
using CacheFunctions.Tests.Uploads;
using CacheFunctions.Uploads;

namespace CacheFunctions.IntegrationTests.Storage.Contents;

public sealed class BlobUploadStoreTests(EmulatedAccount emulated) : UploadStoreContract, IClassFixture<EmulatedAccount>
{
    protected override IUploadStore Store() => new BlobUploadStore(emulated.Account);
}
