using CacheFunctions.Security;
using CacheFunctions.Tests.Content;
using CacheFunctions.Uploads;

namespace CacheFunctions.Tests.Uploads;

/// <summary>What every store of uploads keeps to.</summary>
public abstract class UploadStoreContract
{
    private readonly string _id = RandomIds.Secure.Next();

    [Fact]
    public async Task Pieces_follow_each_other_and_read_back_whole()
    {
        var store = Store();
        Assert.Null(await store.LengthAsync(_id, default));
        Assert.Null(await store.OpenAsync(_id, default));
        await store.CreateAsync(_id, default);
        Assert.Equal(0, await store.LengthAsync(_id, default));
        var length = 0L;
        foreach (var piece in new[] { 1, store.MaxPieceBytes, 100 })
        {
            Assert.True(await store.AppendAsync(_id, length, PatternStream.Bytes(piece, length), default));
            Assert.Equal(length += piece, await store.LengthAsync(_id, default));
        }

        // What is there already stays.
        await store.CreateAsync(_id, default);
        await using var content = await store.OpenAsync(_id, default);
        await PatternStream.AssertEqualAsync(content!, length);
    }

    [Fact]
    public async Task A_piece_is_put_where_it_belongs_or_not_at_all()
    {
        var store = Store();
        Assert.False(await store.AppendAsync(_id, 0, new byte[] { 1 }, default));
        await store.CreateAsync(_id, default);
        Assert.True(await store.AppendAsync(_id, 0, new byte[] { 1, 2, 3 }, default));
        // Its own, whose reply was lost.
        Assert.True(await store.AppendAsync(_id, 0, new byte[] { 1, 2, 3 }, default));
        Assert.True(await store.AppendAsync(_id, 1, new byte[] { 2, 3 }, default));
        foreach (var (offset, piece) in new[] { (0, new byte[] { 1, 2, 4 }), (2, new byte[] { 3, 4 }), (4, new byte[] { 5 }) })
            Assert.False(await store.AppendAsync(_id, offset, piece, default));
        Assert.Equal(3, await store.LengthAsync(_id, default));
    }

    [Fact]
    public async Task Of_several_that_append_at_once_one_does()
    {
        var store = Store();
        await store.CreateAsync(_id, default);
        var done = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.AppendAsync(_id, 0, PatternStream.Bytes(1_000, i), default))));
        var winner = Array.IndexOf(done, true);
        Assert.Equal(winner, Array.LastIndexOf(done, true));
        await using var content = await store.OpenAsync(_id, default);
        await PatternStream.AssertEqualAsync(content!, 1_000, winner);
    }

    [Fact]
    public async Task What_was_put_aside_goes_with_it()
    {
        var store = Store();
        foreach (var name in new[] { _id, _id + ".aside", "other" + _id }) await store.CreateAsync(name, default);
        await store.DeleteAsync(_id, default);
        await store.DeleteAsync(_id, default);
        foreach (var (name, length) in new[] { (_id, (long?)null), (_id + ".aside", null), ("other" + _id, 0) })
            Assert.Equal(length, await store.LengthAsync(name, default));
    }

    protected abstract IUploadStore Store();
}
