using CacheFunctions.IntegrationTests.Storage.Contents;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

[Collection(nameof(BlobContentMemoryTests))]
public sealed class BlobOriginMemoryTests(EmulatedAccount emulated) : IClassFixture<EmulatedAccount>
{
    // More than one request copies at once.
    private const long Length = 300L << 20;
    private const long MaxGrowth = 64L << 20;
    private long _highest;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_file_of_300_MiB_passes_through_without_being_held()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        var sha256 = await HashAsync();
        await world.PutAsync("a", [1]);
        var expected = await world.ExpectAsync("a");
        var staged = BlobOriginWorld.Stage("a");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var content = new OriginContent(Length, sha256, null, (_, _) => Task.FromResult<Stream>(new PatternStream(Length, onRead: Measure)));
        await world.StageAsync(staged, content);
        var result = await world.Origin.SwapAsync(staged, expected, sha256, "kept", default);

        Assert.Equal(await world.Origin.FindAsync("a", default), result.Written! with { Sha256 = null });
        Assert.Equal(["a"], await world.PathsAsync());
        await using (var file = await world.Origin.OpenReadAsync("a", default))
            await PatternStream.AssertEqualAsync(file.Content, Length, onRead: Measure);
        var again = await world.Origin.TakeOverAsync(staged, expected, sha256, "kept", default);
        Assert.Equal(result.Written, again.Written);
        Assert.InRange(_highest - before, long.MinValue, MaxGrowth);
        Console.WriteLine($"300 MiB through a blob origin took {(_highest - before) >> 20} MiB of memory.");
    }

    private static async Task<string> HashAsync()
    {
        await using var content = new PatternStream(Length);
        return Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(content));
    }

    private void Measure() => _highest = Math.Max(_highest, GC.GetTotalMemory(forceFullCollection: false));
}
