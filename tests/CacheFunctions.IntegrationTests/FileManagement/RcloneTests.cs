using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.FileManagement;

/// <summary>An existing tool reaches the same data: rclone reads the container of files by a SAS, and writes what the service then serves.</summary>
public sealed class RcloneTests
{
    [SkippableFact]
    public async Task Rclone_lists_reads_and_writes_plain_files_by_a_sas_of_the_container()
    {
        var rclone = Tool.Find("rclone");
        Skip.If(rclone is null, "rclone is not installed: apt-get install rclone, as .ci/run does.");
        using var origin = new TempDirectory();
        var storage = await StorageEmulator.NewAccountAsync();
        await using var service = await CacheFunctions.SelfHost.LocalService.StartAsync(TestService.SettingsFor(storage, origin.Path));
        using var http = new HttpClient { BaseAddress = service.Address };
        var small = Encoding.UTF8.GetBytes("Grüße");
        var large = RandomNumberGenerator.GetBytes(9_000_000);
        foreach (var (address, bytes) in new[] { ("app/posts/1/gr%C3%BC%C3%9Fe.txt", small), ("user/7/film.mp4", large) })
        {
            using var put = await http.PutAsync($"/api/files/blog/{address}?encrypt=false", new ByteArrayContent(bytes));
            put.EnsureSuccessStatusCode();
        }

        var container = new BlobServiceClient(storage).GetBlobContainerClient("files");
        const BlobContainerSasPermissions All = BlobContainerSasPermissions.List | BlobContainerSasPermissions.Read | BlobContainerSasPermissions.Write | BlobContainerSasPermissions.Create;
        var sas = container.GenerateSasUri(All, DateTimeOffset.UtcNow.AddHours(1)).AbsoluteUri;
        var listed = JsonDocument.Parse(await RunAsync("lsjson", "--recursive", "--files-only", ":azureblob:files")).RootElement;
        Assert.Equal(
            [("blog/app/posts/1/grüße.txt", small.Length), ("blog/user/7/film.mp4", large.Length)],
            listed.EnumerateArray().Select(file => (file.GetProperty("Path").GetString()!, file.GetProperty("Size").GetInt32())).Order());
        Assert.Equal(small, await RunAsync("cat", ":azureblob:files/blog/app/posts/1/grüße.txt"));
        Assert.Equal(large, await RunAsync("cat", ":azureblob:files/blog/user/7/film.mp4"));

        await File.WriteAllBytesAsync(origin.Combine("back"), large);
        await RunAsync("copyto", origin.Combine("back"), ":azureblob:files/blog/app/from-rclone.bin");
        Assert.Equal(large, await http.GetByteArrayAsync("/api/files/blog/app/from-rclone.bin"));

        Task<byte[]> RunAsync(params string[] arguments) =>
            Tool.RunAsync(rclone, [.. arguments, "--config", "/dev/null"], ("RCLONE_AZUREBLOB_SAS_URL", sas));
    }
}
