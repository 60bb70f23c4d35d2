using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Client;

/// <summary>What the README shows of the client compiles and does what it says.</summary>
public sealed class ReadmeExample
{
    [Fact]
    public async Task The_example_edits_a_file_and_brings_a_directory()
    {
        await using var service = await TestService.StartAsync("--Keys:Function:default", "the-key");
        service.Put("documents/notes.txt", "Buy milk.");
        using var copy = new MemoryStream();
        Assert.Equal(19, await EditAsync(service.Http.BaseAddress!, "the-key", copy, new MemoryStream("Buy milk and bread."u8.ToArray())));
        Assert.Equal("Buy milk.", System.Text.Encoding.UTF8.GetString(copy.ToArray()));
        Assert.Equal("Buy milk and bread.", service.Get("documents/notes.txt"));
    }

    [Fact]
    public void The_README_shows_what_is_compiled_here()
    {
        var blocks = File.ReadAllText(Repository.Combine("README.md")).Split("```csharp\n").Skip(1).Select(block => block.Split("\n```")[0]).ToList();
        var lines = File.ReadAllLines(Repository.Combine("tests", "CacheFunctions.IntegrationTests", "Client", "ReadmeExample.cs"));
        Assert.Equal(2, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(block, string.Join('\n', lines.Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)), StringComparison.Ordinal));
    }

    internal static async Task WatchAsync(CacheClient client, CancellationToken cancellation)
    {
        await foreach (var happened in client.Events.ReadAsync(new EventQuery { Types = [CacheEventType.CacheFileRemoved] }, cancellation))
            Console.WriteLine($"{happened.File!.FilePath} left the cache: {happened.File.Reason}");
    }

    private static async Task<long> EditAsync(Uri address, string key, Stream copy, Stream changed)
    {
        using var client = new CacheClient(address, new CacheClientOptions { Key = key });
        var wanted = new NewSession { UserId = "1", FilePath = "documents/notes.txt", Lock = true };
        await using (var session = await client.Sessions.OpenAsync(wanted))
        {
            await using (var content = await session.OpenContentAsync()) await content.Stream.CopyToAsync(copy);
            await session.SaveAsync(changed, ifMatch: session.Info.Etag);
            await session.SyncAsync();
        }

        // What takes long goes on as a job, which can be waited for.
        var bringing = await client.Directories.RegisterAsync("imported", fromOrigin: "/mnt/nas/documents");
        var directory = await bringing.WaitAsync();

        await foreach (var file in client.CachedFiles.List(new CachedFileQuery { Sort = "-file_size_bytes" }))
            Console.WriteLine($"{file.FilePath}: {file.FileSizeReadable}");

        return directory.SizeBytes;
    }
}
