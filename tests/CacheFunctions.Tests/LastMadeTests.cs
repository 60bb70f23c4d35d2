namespace CacheFunctions.Tests;

public sealed class LastMadeTests
{
    [Fact]
    public void What_was_made_is_found_again_and_by_each_of_many_at_once()
    {
        var made = 0;
        var last = new LastMade<string, string>(text => $"{text} {Interlocked.Increment(ref made)}", StringComparer.Ordinal);
        Assert.Same(last.Of("a"), last.Of(new string('a', 1)));
        Assert.Equal(1, made);
        Parallel.For(0, 100_000, i => Assert.StartsWith($"{i % 5000} ", last.Of($"{i % 5000}"), StringComparison.Ordinal));
    }

    [Fact]
    public void What_has_the_same_place_is_not_taken_for_one_another()
    {
        var last = new LastMade<string, string>(text => text + "!", new OnePlace());
        foreach (var text in new[] { "a", "b", "a", "b", "b" }) Assert.Equal(text + "!", last.Of(text));
    }

    [Fact]
    public void A_failure_is_not_remembered()
    {
        var isWell = false;
        var last = new LastMade<string, string>(text => isWell ? text : throw new InvalidOperationException(), StringComparer.Ordinal);
        Assert.Throws<InvalidOperationException>(() => last.Of("a"));
        isWell = true;
        Assert.Equal("a", last.Of("a"));
    }

    private sealed class OnePlace : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x == y;

        public int GetHashCode(string obj) => -1;
    }
}
