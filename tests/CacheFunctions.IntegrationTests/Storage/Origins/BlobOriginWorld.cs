using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>A container with a blob origin in it, and what tests do to both.</summary>
internal sealed class BlobOriginWorld(StorageAccount account)
{
    public BlobContainerClient Container { get; } = account.Blobs.GetBlobContainerClient("o" + Guid.NewGuid().ToString("N"));

    public IOrigin Origin => OriginAt(Container.Uri);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static StagedFile Stage(string path, int fence = 1) => new(path, $".cachefunctions-{fence}-{Guid.NewGuid():N}");

    public static OriginContent Content(byte[] bytes, StoredContent? stored = null) => new(
        bytes.Length, Sha256(bytes), stored, (offset, _) => Task.FromResult<Stream>(new MemoryStream(bytes[(int)offset..])));

    public static async Task<BlobOriginWorld> NewAsync(StorageAccount account)
    {
        var world = new BlobOriginWorld(account);
        await world.Container.CreateAsync();
        return world;
    }

    public IOrigin OriginAt(Uri container)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Origins:nas:Type"] = "blob",
            ["Origins:nas:ContainerUri"] = container.AbsoluteUri,
        };
        return OriginSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), () => account).All[0].Origin;
    }

    public Task PutAsync(string path, byte[] bytes, BlobUploadOptions? options = null) =>
        Container.GetBlobClient(path).UploadAsync(new BinaryData(bytes), options ?? new BlobUploadOptions());

    public async Task<byte[]> GetAsync(string path) =>
        (await Container.GetBlobClient(path).DownloadContentAsync()).Value.Content.ToArray();

    public async Task<Fingerprint> ExpectAsync(string path) =>
        (await Origin.FindAsync(path, default))! with { Sha256 = Sha256(await GetAsync(path)) };

    public async Task<List<string>> PathsAsync()
    {
        var names = new List<string>();
        await foreach (var blob in Container.GetBlobsAsync()) names.Add(blob.Name);
        return names;
    }

    public async Task StageAsync(StagedFile staged, OriginContent content)
    {
        await Origin.PrepareAsync(staged, false, default);
        await Origin.WriteAsync(staged, content, null, default);
    }

    public Task<SwapResult> SwapAsync(StagedFile staged, Fingerprint? expected, byte[] bytes) =>
        Origin.SwapAsync(staged, expected, Sha256(bytes), "kept", default);
}
