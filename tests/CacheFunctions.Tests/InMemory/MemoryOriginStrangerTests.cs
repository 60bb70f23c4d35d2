using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.InMemory;

/// <summary>A stranger comes between any two steps of a swap. What it wrote is found as a conflict, or kept beside the file.</summary>
public sealed class MemoryOriginStrangerTests
{
    private static readonly byte[] Foreign = "stranger's content"u8.ToArray();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_that_a_stranger_writes_during_a_swap_is_lost(bool inPlace)
    {
        for (var step = 1; ; step++)
        {
            var disk = new MemoryDisk(TimeProvider.System);
            disk.Put("a", "old"u8.ToArray());
            var link = new InterruptedLink();
            var origin = new MemoryOrigin("nas", disk, link);
            var expected = (await origin.FindAsync("a", default))! with { Sha256 = OriginContentOf("old").Sha256 };
            await StageAsync(origin, 1);

            link.After(step, () =>
            {
                if (inPlace) disk.PutInPlace("a", Foreign);
                else disk.Put("a", Foreign);
                return Task.CompletedTask;
            });
            var first = await origin.SwapAsync(Stage(1), expected, OriginContentOf("new").Sha256, "kept", default);
            if (!link.HasActed) return;

            if (first.Written is { } written)
            {
                await StageAsync(origin, 2);
                await origin.SwapAsync(Stage(2), written, OriginContentOf("new").Sha256, "kept", default);
            }

            Assert.True(disk.Files.Any(file => file.Value.Bytes == Foreign && !StagedName.IsTemporary(file.Key)), $"step {step}");
        }
    }

    [Fact]
    public async Task A_take_over_that_dies_over_what_it_has_claimed_of_a_swap_leaves_nothing()
    {
        var claimed = 0;
        for (var step = 1; ; step++)
        {
            var disk = new MemoryDisk(TimeProvider.System);
            disk.Put("a", "old"u8.ToArray());
            var link = new InterruptedLink();
            var origin = new MemoryOrigin("nas", disk, link);
            var expected = (await origin.FindAsync("a", default))! with { Sha256 = OriginContentOf("old").Sha256 };
            await StageAsync(origin, 1);
            link.After(step, () =>
            {
                if (disk.Rename(StagedName.Ready(Stage(1)), StagedName.Taken(Stage(1)), RenameMode.NoReplace) == DiskResult.Done) claimed++;
                return Task.CompletedTask;
            });

            var error = await Record.ExceptionAsync(() => origin.SwapAsync(Stage(1), expected, OriginContentOf("new").Sha256, "kept", default));
            if (!link.HasActed) break;

            if (error is not null) await origin.TakeOverAsync(Stage(1), expected, OriginContentOf("new").Sha256, "kept", default);
            Assert.Equal((step, error is null ? "new" : "old"), (step, System.Text.Encoding.UTF8.GetString(disk.Find("a")!.Bytes)));
            Assert.Equal(["a"], disk.Files.Keys);
        }

        Assert.NotEqual(0, claimed);
    }

    private static StagedFile Stage(int fence) => new("a", $".cachefunctions-{fence}-0123456789abcdef");

    private static async Task StageAsync(MemoryOrigin origin, int fence)
    {
        await origin.PrepareAsync(Stage(fence), false, default);
        await origin.WriteAsync(Stage(fence), OriginContentOf("new"), null, default);
    }

    private static OriginContent OriginContentOf(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        return new OriginContent(bytes.Length, hash, null, (offset, _) => Task.FromResult<Stream>(new MemoryStream(bytes[(int)offset..])));
    }
}
