using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>An interrupted write to a blob is gone on with: storage copies its blocks, and only the missing ones are sent.</summary>
public sealed class BlobResumeTests
{
    private const int Size = (20 << 20) + 7;

    // Of three blocks, of 8 MiB each but the last.
    private const int BrokeOffAt = 17 << 20;

    // After 81 of 256 KiB and one that ended the last block.
    private const int LastRead = 83;

    private static readonly StagedFile Left = BlobOriginWorld.Stage("a");
    private static readonly StagedFile Next = BlobOriginWorld.Stage("a", 2) with { Claimed = Left.TemporaryName };
    private static readonly byte[] Bytes = PatternStream.Bytes(Size);

    [Theory]
    [InlineData(null)]
    [InlineData("cachefunctions_prepared")]
    [InlineData("x-ms-copy-source")]
    public async Task Blocks_that_were_staged_are_not_sent_again_whichever_answer_is_lost(string? lost)
    {
        var connection = await StorageEmulator.NewAccountAsync();
        var direct = new StorageAccount(new StorageSettings(connection), new StorageTransactions());
        await using var proxy = new LossyProxy(direct.Blobs.Uri.Port);
        var through = connection.Replace($":{direct.Blobs.Uri.Port}/", $":{proxy.Port}/", StringComparison.Ordinal);
        var world = await BlobOriginWorld.NewAsync(new StorageAccount(new StorageSettings(through), new StorageTransactions()));
        await BreakOffAsync(world);

        if (lost is not null) proxy.LoseTheAnswerTo(lost);
        Assert.Equal(Left.TemporaryName, await world.Origin.ClaimAsync(Left, default));
        await world.Origin.PrepareAsync(Next, false, default);
        var sent = proxy.BytesSent;
        await world.Origin.WriteAsync(Next, BlobOriginWorld.Content(Bytes), null, default);
        Assert.InRange(proxy.BytesSent - sent, Size - (16 << 20), Size - (16 << 20) + (1 << 20));

        Assert.Equal(lost is not null, proxy.HasLost);
        Assert.NotNull((await world.SwapAsync(Next, null, Bytes)).Written);
        Assert.True((await world.GetAsync("a")).AsSpan().SequenceEqual(Bytes));
        Assert.Equal(["a"], await world.PathsAsync());
    }

    [Fact]
    public async Task The_sleepers_commit_of_all_its_blocks_is_refused()
    {
        var world = await BlobOriginWorld.NewAsync(await NewAccountAsync());
        await world.Origin.PrepareAsync(Left, false, default);
        // It is claimed when the sleeper has sent its last block, and is about to commit them.
        var slow = BlobOriginWorld.Content(Bytes) with
        {
            OpenAsync = (_, _) => Task.FromResult<Stream>(new CacheFunctions.Tests.Origins.InterruptedStream(
                new MemoryStream(Bytes), atRead: LastRead, async () => Assert.NotNull(await world.Origin.ClaimAsync(Left, default)))),
        };

        var error = await Assert.ThrowsAsync<CacheException>(() => world.Origin.WriteAsync(Left, slow, null, default));

        Assert.Equal(ErrorCode.Conflict, error.Code);
        await Assert.ThrowsAsync<CacheException>(() => world.SwapAsync(Left, null, Bytes));
        var blob = (await world.Container.GetBlobClient(Left.TemporaryName).GetPropertiesAsync()).Value;
        Assert.Contains("cachefunctions_prepared", blob.Metadata.Keys);
        await world.Origin.PrepareAsync(Next, false, default);
        await world.Origin.WriteAsync(Next, BlobOriginWorld.Content(Bytes), null, default);
        Assert.NotNull((await world.SwapAsync(Next, null, Bytes)).Written);
        Assert.Equal(["a"], await world.PathsAsync());
    }

    private static async Task BreakOffAsync(BlobOriginWorld world)
    {
        await world.Origin.PrepareAsync(Left, false, default);
        var breaking = BlobOriginWorld.Content(Bytes) with
        {
            OpenAsync = (_, _) => Task.FromResult<Stream>(new PatternStream(Size, 0, (BrokeOffAt, new IOException("The instance died.")))),
        };
        await Assert.ThrowsAsync<CacheException>(() => world.Origin.WriteAsync(Left, breaking, null, default));
    }

    private static async Task<StorageAccount> NewAccountAsync() =>
        new(new StorageSettings(await StorageEmulator.NewAccountAsync()), new StorageTransactions());
}
