using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using CacheFunctions.Errors;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>What storage refuses is said in the words of the origin, and without its address.</summary>
public sealed class BlobRefusalTests(EmulatedAccount emulated) : IClassFixture<EmulatedAccount>
{
    private static readonly byte[] Old = "old content"u8.ToArray();

    [Fact]
    public async Task A_container_that_is_not_there_is_unavailable_since_its_files_may_well_exist()
    {
        var world = new BlobOriginWorld(emulated.Account);

        foreach (var call in Calls(world.Origin))
        {
            var error = await Assert.ThrowsAsync<CacheException>(call);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
            Assert.DoesNotContain(world.Container.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_signature_that_does_not_allow_it_is_forbidden_and_not_shown()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("a", Old);
        var address = world.Container.GenerateSasUri(BlobContainerSasPermissions.Tag, TimeProvider.System.GetUtcNow().AddHours(1));

        foreach (var call in Calls(world.OriginAt(address)))
        {
            var error = await Assert.ThrowsAsync<CacheException>(call);
            Assert.Equal(ErrorCode.Forbidden, error.Code);
            Assert.Contains("ContainerUri", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sig", error.Message.Replace("signature", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_another_program_has_leased_is_locked_and_stays_as_it_is()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("a", Old);
        var lease = world.Container.GetBlobClient("a").GetBlobLeaseClient();
        await lease.AcquireAsync(TimeSpan.FromSeconds(60));
        var expected = await world.ExpectAsync("a");
        var staged = BlobOriginWorld.Stage("a");
        await world.StageAsync(staged, BlobOriginWorld.Content([1]));

        var error = await Assert.ThrowsAsync<CacheException>(() => world.SwapAsync(staged, expected, [1]));
        var found = await world.Origin.TakeOverAsync(staged, expected, BlobOriginWorld.Sha256([1]), "kept", default);

        Assert.Equal(ErrorCode.Locked, error.Code);
        Assert.Equal(BlobOriginWorld.Sha256(Old), found.Conflict!.Actual!.Sha256);
        Assert.Equal(["a"], await world.PathsAsync());
        await lease.ReleaseAsync();
    }

    [Fact]
    public async Task A_folder_that_shows_as_a_blob_is_a_folder()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("folder", [], new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } });
        await world.PutAsync("folder/a", Old);

        Assert.Equal([("folder", true)], (await world.Origin.ListAsync("", null, 10, default)).Select(entry => (entry.Name, entry.IsFolder)));
        Assert.Equal(["a"], (await world.Origin.ListAsync("folder", null, 10, default)).Select(entry => entry.Name));
        foreach (var call in Calls(world.Origin, "folder").Take(3))
            Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<CacheException>(call)).Code);
    }

    [Fact]
    public async Task A_name_that_is_no_valid_path_is_not_listed()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        foreach (var path in new[] { "a", "b//c" }) await world.PutAsync(path, Old);

        Assert.Equal(["a", "b"], (await world.Origin.ListAsync("", null, 10, default)).Select(entry => entry.Name));
        Assert.Empty(await world.Origin.ListAsync("b", null, 10, default));
    }

    private static IEnumerable<Func<Task>> Calls(CacheFunctions.Origins.IOrigin origin, string path = "a") =>
    [
        () => origin.FindAsync(path, default),
        () => origin.OpenReadAsync(path, default),
        () => origin.PrepareAsync(BlobOriginWorld.Stage(path), false, default),
        () => origin.ListAsync("", null, 10, default),
    ];
}
