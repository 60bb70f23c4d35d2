using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>What a crash may leave in a part file: too much, or bytes that never reached the disk.</summary>
public class DirectoryResumeTests
{
    private const int Size = (20 << 20) + 7;
    private static readonly StagedFile Left = OriginRoot.Stage("a", 1);
    private static readonly StagedFile Staged = OriginRoot.Stage("a", 2) with { Claimed = Left.TemporaryName };

    [SkippableTheory]
    [InlineData(17 << 20, 5, 0)]
    [InlineData(17 << 20, 17 << 20, 16 << 20)]
    [InlineData(Size, 0, 0)]
    [InlineData(Size + 100, Size + 50, 16 << 20)]
    public async Task Only_what_fits_the_content_is_kept(int length, int damagedAt, int keptBytes)
    {
        using var root = new OriginRoot();
        var part = PatternStream.Bytes(length);
        if (damagedAt < length) part[damagedAt] ^= 1;
        await LeaveAsync(root, part);
        var opened = new List<long>();

        await root.Origin.WriteAsync(Staged, Content(opened), null, default);
        var result = await root.Origin.SwapAsync(Staged, null, OriginRoot.Sha256(PatternStream.Bytes(Size)), "kept", default);

        Assert.NotNull(result.Written);
        Assert.True(root.Bytes("a").AsSpan().SequenceEqual(PatternStream.Bytes(Size)));
        Assert.Equal(keptBytes, opened[^1]);
        // At most once more, from the beginning.
        Assert.InRange(opened.Count, 1, 2);
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task Content_that_is_wrong_itself_fails_after_one_more_try()
    {
        using var root = new OriginRoot();
        await LeaveAsync(root, PatternStream.Bytes(9 << 20));
        var opened = new List<long>();

        var error = await Assert.ThrowsAsync<CacheException>(
            () => root.Origin.WriteAsync(Staged, Content(opened) with { Sha256 = OriginRoot.Sha256([1]) }, null, default));

        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.Equal([8 << 20, 0], opened);
    }

    private static async Task LeaveAsync(OriginRoot root, byte[] part)
    {
        await root.Origin.PrepareAsync(Left, false, default);
        await File.WriteAllBytesAsync(root.At($"{Left.TemporaryName}.part"), part);
        Assert.Equal(Left.TemporaryName, await root.Origin.ClaimAsync(Left, default));
        await root.Origin.PrepareAsync(Staged, false, default);
    }

    private static OriginContent Content(List<long> opened) => new(
        Size,
        OriginRoot.Sha256(PatternStream.Bytes(Size)),
        null,
        (offset, _) =>
        {
            opened.Add(offset);
            return Task.FromResult<Stream>(new PatternStream(Size - offset, offset));
        });
}
