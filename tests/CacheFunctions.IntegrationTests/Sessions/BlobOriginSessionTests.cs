using Azure.Storage.Blobs;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Storage;

namespace CacheFunctions.IntegrationTests.Sessions;

/// <summary>A whole session on files in Blob Storage, over HTTP.</summary>
public sealed class BlobOriginSessionTests
{
    [Fact]
    public async Task A_session_opens_saves_and_writes_back_a_blob()
    {
        var connection = await StorageEmulator.NewAccountAsync();
        var files = new BlobContainerClient(connection, "drawings");
        await files.CreateAsync();
        await files.UploadBlobAsync("plans/a.txt", new BinaryData("one"));
        await using var service = await TestService.StartAsync(
            "--AzureWebJobsStorage", connection,
            "--Origins:cloud:Type", "blob",
            "--Origins:cloud:ContainerUri", files.Uri.AbsoluteUri,
            "--Origins:cloud:Prefix", "/mnt/cloud/");
        var address = $"/api/sessions/{await service.OpenAsync("/mnt/cloud/plans/a.txt")}";
        Assert.Equal("one", await service.Http.GetStringAsync(address + "/content"));
        using var saved = await service.Http.PutAsync(address + "/content", new StringContent("two"));
        await TestService.DataAsync(saved);

        var counts = await service.CountAsync(async () =>
        {
            using var synced = await service.Http.PostAsync(address + "/sync", null);
            await TestService.DataAsync(synced);
        });

        Assert.Equal("two", (await files.GetBlobClient("plans/a.txt").DownloadContentAsync()).Value.Content.ToString());
        // Prepare: is it a file, the empty blob. Write: whose is it, a copy, how it ended. Swap: both blobs, a copy, the end.
        Assert.Equal(
            (5, 3, 1),
            (counts[StorageCall.BlobRead], counts[StorageCall.BlobWrite], counts[StorageCall.BlobDelete]));

        await files.GetBlobClient("plans/a.txt").UploadAsync(new BinaryData("other"), overwrite: true);
        await service.Http.PutAsync(address + "/content", new StringContent("three"));
        using var refused = await service.Http.PostAsync(address + "/sync", null);
        await TestService.ErrorAsync(409, "conflict", refused);
        Assert.Equal("other", (await files.GetBlobClient("plans/a.txt").DownloadContentAsync()).Value.Content.ToString());
    }
}
