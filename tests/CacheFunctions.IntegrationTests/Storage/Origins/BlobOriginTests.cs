using Azure.Storage.Blobs;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Tests.Origins;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>A blob origin in the service's own account.</summary>
public class BlobOriginTests(EmulatedAccount emulated) : OriginContract, IClassFixture<EmulatedAccount>
{
    private readonly BlobContainerClient _container = emulated.Account.Blobs.GetBlobContainerClient("o" + Guid.NewGuid().ToString("N"));

    protected override bool HasFolders => false;

    // Read again, but not sent again.
    protected override long ResumesAt(long brokeOffAt) => 0;

    protected virtual Uri Address(BlobContainerClient container) => container.Uri;

    protected override async Task<IOrigin> OriginAsync(bool readOnly = false)
    {
        await _container.CreateIfNotExistsAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Origins:nas:Type"] = "blob",
            ["Origins:nas:ContainerUri"] = Address(_container).AbsoluteUri,
            ["Origins:nas:ReadOnly"] = $"{readOnly}",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return OriginSettings.Read(configuration, () => emulated.Account).All[0].Origin;
    }

    protected override Task PutAsync(string path, byte[] bytes) =>
        _container.GetBlobClient(path).UploadAsync(new BinaryData(bytes), overwrite: true);

    protected override async Task<byte[]?> GetAsync(string path) => await _container.GetBlobClient(path).ExistsAsync()
        ? (await _container.GetBlobClient(path).DownloadContentAsync()).Value.Content.ToArray()
        : null;

    protected override Task DeleteAsync(string path) => _container.GetBlobClient(path).DeleteAsync();

    protected override async Task<IReadOnlyList<string>> PathsAsync()
    {
        var names = new List<string>();
        await foreach (var blob in _container.GetBlobsAsync()) names.Add(blob.Name);
        return [.. names.Order(StringComparer.Ordinal)];
    }
}
