using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Storage.Contents.Directories;

namespace CacheFunctions.Tests.Content;

public sealed class DirectoryContentStoreTests : ContentStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-test-");

    private DirectoryContentStore Store => new(_folder.FullName, TimeProvider.System);

    public void Dispose() => _folder.Delete(recursive: true);

    protected override bool KeepsPlainLength => false;

    protected override bool SendsContentAlong => false;

    protected override Task<IContentStore> StoreAsync() => Task.FromResult<IContentStore>(Store);

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("%2e%2e/secret")]
    [InlineData("a/../../../secret")]
    [InlineData(".parts/x")]
    public async Task No_name_leads_out_of_the_folder(string name)
    {
        var secret = Path.Combine(_folder.Parent!.FullName, "secret");
        Assert.Null(await Store.OpenReadAsync("c", name, 0, null, default));
        await Store.WriteAsync("c", name, new MemoryStream([1]), 1, default);
        Assert.False(File.Exists(secret));
        await foreach (var item in Store.ListAsync("c", "", default)) Assert.Equal(name, item.Name);
        Assert.Equal(1, await Store.SizeAsync("c", name, default));
    }

    [Fact]
    public async Task A_link_that_somebody_put_there_is_not_followed()
    {
        await Store.WriteAsync("c", "aa", new MemoryStream([1]), 1, default);
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "c/aa/aab"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "c/et"), "/etc");
        await Assert.ThrowsAsync<CacheException>(() => Store.OpenReadAsync("c", "aab", 0, null, default));
        await Assert.ThrowsAsync<CacheException>(() => Store.OpenReadAsync("c", "etc", 0, null, default));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_deleted_by_a_later_one_when_it_is_a_day_old()
    {
        await Store.WriteAsync("c", "a", new MemoryStream([1]), 1, default);
        var (old, young) = (Path.Combine(_folder.FullName, "c/.parts/old"), Path.Combine(_folder.FullName, "c/.parts/young"));
        foreach (var part in new[] { old, young }) await File.WriteAllTextAsync(part, "half");
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(young).AddHours(-25));
        await Store.WriteAsync("c", "b", new MemoryStream([1]), 1, default);
        Assert.Equal((false, true), (File.Exists(old), File.Exists(young)));
        Assert.Equal(["a", "b"], await Store.ListAsync("c", "", default).Select(item => item.Name).ToListAsync());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_said_to_be_unavailable()
    {
        var gone = new DirectoryContentStore(Path.Combine(_folder.FullName, "gone"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<CacheException>(() => gone.WriteAsync("c", "a", new MemoryStream([1]), 1, default));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.DoesNotContain(_folder.FullName, error.Message, StringComparison.Ordinal);
    }
}
