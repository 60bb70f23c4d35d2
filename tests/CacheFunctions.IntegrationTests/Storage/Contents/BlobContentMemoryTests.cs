using CacheFunctions.Storage.Contents;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Storage.Contents;

/// <summary>Nothing else runs meanwhile, since the heap is the whole process's.</summary>
[CollectionDefinition(nameof(BlobContentMemoryTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(BlobContentMemoryTests))]
public sealed class BlobContentMemoryTests(EmulatedAccount emulated) : IClassFixture<EmulatedAccount>
{
    private const long Length = 300L << 20;
    private const long MaxGrowth = 64L << 20;
    private long _highest;

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_of_300_MiB_passes_through_without_being_held(bool isLengthKnown)
    {
        var store = new BlobContentStore(emulated.Account, TimeProvider.System);
        // What every write needs once is there before the heap is measured.
        await store.WriteAsync("memory", "warm", new PatternStream(9 << 20), isLengthKnown ? 9 << 20 : null, default);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await store.WriteAsync("memory", "large", new PatternStream(Length, onRead: Measure), isLengthKnown ? Length : null, default);
        Assert.InRange(_highest - before, long.MinValue, MaxGrowth);

        await using var content = await store.OpenReadAsync("memory", "large", 0, null, default);
        await PatternStream.AssertEqualAsync(content!, Length, onRead: Measure);
        Assert.InRange(_highest - before, long.MinValue, MaxGrowth);
    }

    private void Measure() => _highest = Math.Max(_highest, GC.GetTotalMemory(forceFullCollection: false));
}
