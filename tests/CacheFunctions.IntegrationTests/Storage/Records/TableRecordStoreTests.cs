using CacheFunctions.Storage;
using CacheFunctions.Storage.Records;
using CacheFunctions.Tests.Storage;

namespace CacheFunctions.IntegrationTests.Storage.Records;

public sealed class TableRecordStoreTests(EmulatedAccount emulated) : RecordStoreContract, IClassFixture<EmulatedAccount>
{
    protected override Task<IRecordStore> StoreAsync() => Task.FromResult<IRecordStore>(new TableRecordStore(emulated.Account));
}
