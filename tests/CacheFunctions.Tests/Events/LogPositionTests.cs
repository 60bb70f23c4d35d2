using CacheFunctions.Operations;

namespace CacheFunctions.Tests.Events;

public sealed class LogPositionTests
{
    [Fact]
    public void A_cursor_is_read_as_it_was_written()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var position = new LogPosition(64);
            for (var shard = 0; shard < 64; shard++) position.Advance(shard, random.NextInt64(1L << random.Next(62)));
            var read = LogPosition.Parse(position.ToString(), 64)!;
            Assert.True(read.HasReached(position) && position.HasReached(read));
            Assert.Null(LogPosition.Parse(position.ToString(), 63));
            Assert.Null(LogPosition.Parse(position.ToString(), 65));
            Assert.Null(LogPosition.Parse(position.ToString()[..^1], 64));
        }

        Assert.Equal(86, new LogPosition(64).ToString().Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("AA==")]
    [InlineData("*")]
    [InlineData("gAA")] // 0 in two bytes.
    [InlineData("____________fw")] // More than 64 bits.
    [InlineData("____________AQ")] // -1.
    public void What_was_never_written_is_no_cursor(string text) => Assert.Null(LogPosition.Parse(text, 1));

    [Fact]
    public void A_position_never_goes_back()
    {
        var (one, other) = (new LogPosition(2), new LogPosition(2));
        one.Advance(0, 5);
        one.Advance(0, 3);
        other.Advance(1, 7);
        Assert.False(one.HasReached(other) || other.HasReached(one));
        one.Advance(other);
        Assert.Equal((5L, 7L, 12L, true), (one[0], one[1], one.Total, one.HasReached(other)));
    }
}
