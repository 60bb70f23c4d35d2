using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

public sealed class RowKeyTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("a/b\\c#d?e", "a%2F%b%5C%c%23%d%3F%e")]
    [InlineData("a|b%c", "a%7C%b%25%c")]
    [InlineData("a\u0000\u001f\u007f", "a%0%%1F%%7F%")]
    [InlineData("日本 😀", "日本 %1F600%")]
    [InlineData("~x", "%7E%x")]
    public void A_text_becomes_a_key_that_the_service_takes(string text, string key) => Assert.Equal(key, RowKey.Escape(text));

    [Fact]
    public void Different_texts_give_different_keys_of_bounded_length()
    {
        var random = new Random(3);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        const string signs = "ab%|/~7F\u0001\ud83d\ude00é";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => signs[random.Next(signs.Length)]));
            // A lone half of a pair is not text; such a user id is refused at the edge.
            if (text.Any(char.IsSurrogate)) continue;
            var key = RowKey.Escape(text);
            Assert.True(keys.TryAdd(key, text) || keys[key] == text, $"{text} and {keys[key]} share {key}");
            Assert.DoesNotContain(key, c => c is '/' or '\\' or '#' or '?' or '|' || char.IsControl(c));
        }

        Assert.InRange(RowKey.Escape(new string('/', 5000)).Length, 1, 300);
        Assert.NotEqual(RowKey.Escape(new string('a', 5000)), RowKey.Escape(new string('a', 5001)));
    }
}
