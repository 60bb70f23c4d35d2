using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Storage.Contents;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Client;

[Collection(nameof(BlobContentMemoryTests))]
public sealed class StreamingTests
{
    private const int Length = 120 << 20;
    private const long MaxGrowth = 64L << 20;
    private long _highest;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Content_of_120_MiB_goes_through_client_and_service_without_being_held()
    {
        await using var service = await TestService.StartAsync();
        service.Put("a.bin", "old");
        await using var session = await service.Client.Sessions.OpenAsync(new NewSession { UserId = "1", FilePath = "a.bin" });
        // What every write needs once is there before the heap is measured.
        await session.SaveAsync(new PatternStream(9 << 20));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var saved = await session.SaveAsync(new PatternStream(Length, onRead: Measure));
        Assert.Equal(Length, saved.SizeBytes);
        await using (var content = await session.OpenContentAsync()) await PatternStream.AssertEqualAsync(content.Stream, Length, onRead: Measure);
        Assert.InRange(_highest - before, long.MinValue, MaxGrowth);
        await session.EndAsync(sync: false);
    }

    private void Measure() => _highest = Math.Max(_highest, GC.GetTotalMemory(forceFullCollection: false));
}
