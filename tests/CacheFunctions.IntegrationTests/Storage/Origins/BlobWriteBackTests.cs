using Azure.Storage.Blobs.Models;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>What is particular to blobs: copies that storage makes, answers that are lost, what a blob has besides its bytes.</summary>
public sealed class BlobWriteBackTests(EmulatedAccount emulated) : IClassFixture<EmulatedAccount>
{
    private static readonly byte[] Old = "old content"u8.ToArray();
    private static readonly byte[] New = "the new content"u8.ToArray();

    [Fact]
    public async Task Content_of_the_same_account_is_copied_by_storage_itself()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("a", Old);
        var sessions = await BlobOriginWorld.NewAsync(emulated.Account);
        await sessions.PutAsync("s/1", New);
        var expected = await world.ExpectAsync("a");
        var staged = BlobOriginWorld.Stage("a");
        var stored = BlobOriginWorld.Content(New, new StoredContent(sessions.Container.Name, "s/1")) with
        {
            OpenAsync = (_, _) => throw new InvalidOperationException("The content was read, though storage has it."),
        };

        await world.StageAsync(staged, stored);
        var result = await world.SwapAsync(staged, expected, New);

        Assert.NotNull(result.Written);
        Assert.Equal(New, await world.GetAsync("a"));
        Assert.Equal(["a"], await world.PathsAsync());
    }

    [Fact]
    public async Task Content_that_storage_no_longer_has_is_read_instead()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        var staged = BlobOriginWorld.Stage("a");

        await world.StageAsync(staged, BlobOriginWorld.Content(New, new StoredContent("nowhere", "s/1")));
        await world.SwapAsync(staged, null, New);

        Assert.Equal(New, await world.GetAsync("a"));
    }

    [Fact]
    public async Task Type_headers_metadata_tags_and_tier_are_kept()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        var before = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "text/csv", CacheControl = "no-cache", ContentLanguage = "de", ContentDisposition = "attachment" },
            Metadata = new Dictionary<string, string> { ["author"] = "anna" },
            Tags = new Dictionary<string, string> { ["project"] = "bridge 7" },
        };
        await world.PutAsync("a", Old, before);
        await world.Container.GetBlobClient("a").SetAccessTierAsync(AccessTier.Cool);
        var staged = BlobOriginWorld.Stage("a");

        await world.StageAsync(staged, BlobOriginWorld.Content(New));
        await world.SwapAsync(staged, await world.ExpectAsync("a"), New);

        var blob = world.Container.GetBlobClient("a");
        var after = (await blob.GetPropertiesAsync()).Value;
        Assert.Equal(("text/csv", "no-cache", "de", "attachment"), (after.ContentType, after.CacheControl, after.ContentLanguage, after.ContentDisposition));
        Assert.Equal(before.Metadata, after.Metadata);
        Assert.Equal("Cool", after.AccessTier);
        Assert.Equal(before.Tags, (await blob.GetTagsAsync()).Value.Tags);
        Assert.Equal(New, await world.GetAsync("a"));
    }

    [Fact]
    public async Task A_file_without_metadata_gets_none()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("a", Old);
        var staged = BlobOriginWorld.Stage("a");

        await world.StageAsync(staged, BlobOriginWorld.Content(New));
        await world.SwapAsync(staged, await world.ExpectAsync("a"), New);

        Assert.Empty((await world.Container.GetBlobClient("a").GetPropertiesAsync()).Value.Metadata);
    }

    [Theory]
    [InlineData("cachefunctions_prepared")]
    [InlineData("comp=blocklist")]
    [InlineData("x-ms-copy-source")]
    [InlineData("DELETE ")]
    public async Task A_request_whose_answer_is_lost_takes_effect_once(string lost)
    {
        var connection = await StorageEmulator.NewAccountAsync();
        var direct = new StorageAccount(new StorageSettings(connection), new StorageTransactions());
        await using var proxy = new LossyProxy(direct.Blobs.Uri.Port);
        var through = connection.Replace($":{direct.Blobs.Uri.Port}/", $":{proxy.Port}/", StringComparison.Ordinal);
        var world = await BlobOriginWorld.NewAsync(new StorageAccount(new StorageSettings(through), new StorageTransactions()));
        await world.PutAsync("a", Old);
        var expected = await world.ExpectAsync("a");
        var staged = BlobOriginWorld.Stage("a");

        proxy.LoseTheAnswerTo(lost);
        await world.StageAsync(staged, BlobOriginWorld.Content(New));
        var result = await world.SwapAsync(staged, expected, New);

        Assert.True(proxy.HasLost);
        Assert.Equal((await world.Origin.FindAsync("a", default))!.Version, result.Written?.Version);
        Assert.Equal(New, await world.GetAsync("a"));
        Assert.Equal(["a"], await world.PathsAsync());
    }

    [Fact]
    public async Task A_rewrite_that_keeps_the_metadata_is_not_taken_for_ours()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        await world.PutAsync("a", Old, new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["author"] = "anna" } });
        var expected = await world.ExpectAsync("a");
        var staged = BlobOriginWorld.Stage("a");
        await world.StageAsync(staged, BlobOriginWorld.Content(New));
        await world.SwapAsync(staged, expected, New);
        var metadata = (await world.Container.GetBlobClient("a").GetPropertiesAsync()).Value.Metadata;
        await world.PutAsync("a", Old, new BlobUploadOptions { Metadata = metadata });

        var result = await world.Origin.TakeOverAsync(staged, expected, BlobOriginWorld.Sha256(New), "kept", default);

        Assert.Null(result.Written);
        Assert.Equal(BlobOriginWorld.Sha256(Old), result.Conflict!.Actual!.Sha256);
    }

    [Fact]
    public async Task A_swap_and_a_take_over_at_the_same_moment_agree_on_the_outcome()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        var landed = 0;
        for (var round = 1; round <= 40; round++)
        {
            await world.PutAsync("a", Old);
            var expected = await world.ExpectAsync("a");
            var staged = BlobOriginWorld.Stage("a", round);
            await world.StageAsync(staged, BlobOriginWorld.Content(New));

            var swap = Task.Run(() => TryAsync(() => world.SwapAsync(staged, expected, New)));
            var takeOver = Task.Run(async () =>
            {
                // A little later each time, so that it meets the swap at every step.
                for (var i = 0; i < round % 8; i++) await world.Origin.FindAsync("a", default);
                return await world.Origin.TakeOverAsync(staged, expected, BlobOriginWorld.Sha256(New), "kept", default);
            });
            var (swapped, outcome) = (await swap, await takeOver);

            var now = await world.GetAsync("a");
            Assert.Equal(["a"], await world.PathsAsync());
            Assert.Equal(now.AsSpan().SequenceEqual(New), outcome.Written is not null);
            if (swapped is not null) Assert.Equal(outcome.Written is not null, swapped.Written is not null);
            if (outcome.Written is not null) landed++;
        }

        Console.WriteLine($"40 rounds: {landed} swapped before they were taken over.");
    }

    [Fact]
    public async Task Of_two_swaps_that_expect_the_same_version_one_lands()
    {
        var world = await BlobOriginWorld.NewAsync(emulated.Account);
        for (var round = 1; round <= 20; round++)
        {
            await world.PutAsync("a", Old);
            var expected = await world.ExpectAsync("a");
            byte[][] contents = [[1, (byte)round], [2, (byte)round]];
            var staged = contents.Select((_, i) => BlobOriginWorld.Stage("a", i)).ToArray();
            for (var i = 0; i < 2; i++) await world.StageAsync(staged[i], BlobOriginWorld.Content(contents[i]));

            var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => world.SwapAsync(staged[i], expected, contents[i]))));

            var winner = Array.FindIndex(results, result => result.Written is not null);
            Assert.Single(results, result => result.Written is not null);
            Assert.Equal(contents[winner], await world.GetAsync("a"));
            foreach (var each in staged) await world.Origin.AbandonAsync(each, default);
        }
    }

    private static async Task<SwapResult?> TryAsync(Func<Task<SwapResult>> act)
    {
        try
        {
            return await act();
        }
        catch (CacheException)
        {
            return null;
        }
    }
}
