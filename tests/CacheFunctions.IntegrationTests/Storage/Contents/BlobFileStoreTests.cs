using CacheFunctions.Files;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Tests.Files;

namespace CacheFunctions.IntegrationTests.Storage.Contents;

public sealed class BlobFileStoreTests(EmulatedAccount emulated) : FileStoreContract, IClassFixture<EmulatedAccount>
{
    [Fact]
    public async Task Two_large_uploads_of_one_name_leave_one_of_them_whole()
    {
        var store = Store();
        var written = await Task.WhenAll(Enumerable.Range(0, 3).Select(start => store.WriteAsync(
            "d/app/race", new CacheFunctions.Tests.Content.PatternStream(20 << 20, start), null, () => new FileFacts($"text/{start}", new Dictionary<string, string>()), default, default)));
        Assert.Contains(written, blob => blob is not null);
        var found = await store.FindAsync("d/app/race", default);
        await using var content = await store.OpenAsync(found!, 0, found!.SizeBytes, default);
        await CacheFunctions.Tests.Content.PatternStream.AssertEqualAsync(content!, 20 << 20, found.ContentType[^1] - '0');
    }

    protected override IFileStore Store() => new BlobFileStore(emulated.Account, "files", TimeProvider.System);
}
