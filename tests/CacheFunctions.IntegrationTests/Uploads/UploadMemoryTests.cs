using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Storage.Contents;
using CacheFunctions.Tests.Content;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Uploads.TusClient;

namespace CacheFunctions.IntegrationTests.Uploads;

[Collection(nameof(BlobContentMemoryTests))]
public sealed class UploadMemoryTests(ITestOutputHelper output)
{
    private const long Length = 210L << 20;
    private const long MaxGrowth = 64L << 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task An_upload_of_210_MiB_becomes_a_file_without_being_held()
    {
        await using var service = await TestService.StartAsync();
        await UploadAsync(service.Http, "warm", 9 << 20);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = before;
        var sending = UploadAsync(service.Http, "large", Length);
        while (!sending.IsCompleted)
        {
            highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false));
            await Task.Delay(Look);
        }

        await sending;
        output.WriteLine($"The heap grew by at most {(highest - before) >> 20} MiB");
        Assert.InRange(highest - before, long.MinValue, MaxGrowth);
        await using var content = await service.Http.GetStreamAsync("/api/files/blog/app/large?use_cache=false");
        await PatternStream.AssertEqualAsync(content, Length);
    }

    private static async Task UploadAsync(HttpClient http, string name, long length)
    {
        var upload = await BeginAsync(http, length, Metadata(("domain", "blog"), ("level", "app"), ("filename", name)));
        using var answer = await PatchAsync(http, upload, 0, new StreamContent(new PatternStream(length)));
        // What takes longer than a caller waits is a job's: asked for, it tells its end.
        while (answer.StatusCode == System.Net.HttpStatusCode.Accepted)
        {
            using var head = await SendAsync(http, HttpMethod.Head, upload);
            if (head.StatusCode == System.Net.HttpStatusCode.OK) return;
        }

        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.NoContent, $"{answer}");
    }
}
