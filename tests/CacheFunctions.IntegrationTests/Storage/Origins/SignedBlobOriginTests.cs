using Azure.Storage.Blobs;
using Azure.Storage.Sas;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>A blob origin that is reached by a signature in its address, as one of somebody else's account is.</summary>
public sealed class SignedBlobOriginTests(EmulatedAccount emulated) : BlobOriginTests(emulated)
{
    protected override Uri Address(BlobContainerClient container) =>
        container.GenerateSasUri(BlobContainerSasPermissions.All, TimeProvider.System.GetUtcNow().AddHours(1));
}
