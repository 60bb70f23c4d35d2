using System.Diagnostics;
using System.Text;
using Azure.Storage.Blobs;
using CacheFunctions.IntegrationTests.Service;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.FileManagement;

/// <summary>What one process changed, or somebody straight in storage, others serve; also when that process is killed right after its answer.</summary>
public sealed class FileInstancesTests(ITestOutputHelper output)
{
    private const string Address = "/api/files/blog/app/a.txt";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_change_is_seen_by_all_processes_although_the_one_that_made_it_was_killed()
    {
        using var origin = new TempDirectory();
        foreach (var name in new[] { "a.txt", "b.txt" }) await File.WriteAllTextAsync(origin.Combine(name), "one");
        var storage = await StorageEmulator.NewAccountAsync();
        var settings = SettingsFor(storage, origin.Path);
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var other = await ServiceProcess.StartAsync(settings);
        await PutAsync(one, "one");
        foreach (var service in new[] { one, other })
        {
            Assert.Equal("one", await service.Http.GetStringAsync(Address));
            Assert.Contains("a.txt", await service.Http.GetStringAsync("/api/files/blog/app"), StringComparison.Ordinal);
        }

        await PutAsync(other, "two");
        Assert.Equal("two", await other.Http.GetStringAsync(Address));
        await UntilAsync("A change elsewhere", one, "two");

        var container = new BlobServiceClient(storage).GetBlobContainerClient("files");
        await container.GetBlobClient("blog/app/a.txt").UploadAsync(new BinaryData(Encoding.UTF8.GetBytes("three")), overwrite: true);
        await UntilAsync("A change straight in storage", one, "three");
        await UntilAsync("The same by the other one", other, "three");

        using var opened = await one.Http.PostAsync("/api/sessions", Json("""{"user_id": 1, "file_path": "a.txt"}"""));
        var session = opened.Headers.Location!.OriginalString + "/content";
        Assert.Equal("one", await other.Http.GetStringAsync(session));
        using var saved = await one.Http.PutAsync(session, new StringContent("saved"));
        await DataAsync(saved);
        using var cached = await one.Http.PostAsync("/api/cached/files", Json("""{"file_path": "b.txt"}"""));
        var id = (await DataAsync(cached)).GetProperty("id").GetString();
        await PutAsync(one, "four");
        one.Kill();

        // Sessions and records at once; names within the time that they are believed.
        Assert.Equal("saved", await other.Http.GetStringAsync(session));
        Assert.Equal("b.txt", (await DataAsync(await other.Http.GetAsync($"/api/cached/files/{id}"))).GetProperty("file_path").GetString());
        Assert.Contains(id!, await other.Http.GetStringAsync("/api/cached/files?consistent=true"), StringComparison.Ordinal);
        Assert.Equal("four", await other.Http.GetStringAsync(Address + "?use_cache=false"));
        await UntilAsync("A killed one's last change", other, "four");
    }

    private static async Task PutAsync(ServiceProcess service, string text)
    {
        using var answer = await service.Http.PutAsync(Address + "?encrypt=false", new StringContent(text));
        await DataAsync(answer);
    }

    private async Task UntilAsync(string what, ServiceProcess service, string text)
    {
        var watch = Stopwatch.StartNew();
        while (await service.Http.GetStringAsync(Address) is var found && found != text)
            Assert.True(watch.Elapsed < Deadline, $"{what}: still '{found}' after {Deadline}.");
        output.WriteLine($"{what} was seen after {watch.Elapsed.TotalSeconds:f2} s");
    }
}
