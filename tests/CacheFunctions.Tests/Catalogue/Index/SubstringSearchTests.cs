using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class SubstringSearchTests
{
    [Theory]
    [InlineData("/a/Movie.mkv", "MOVIE")]
    [InlineData("/a/Movie.mkv", "")]
    [InlineData("/a/100% real_.mkv", "0% r")]
    [InlineData("/x/cafe\u0301.mkv", "CAFÉ")]
    [InlineData("/x/CAFÉ.mkv", "afe\u0301.")]
    [InlineData("/x/ёлка.mkv", "ЁЛ")]
    public void Finds_a_part_in_whatever_case_and_spelling(string path, string part) => Assert.True(Find(path, part));

    [Theory]
    [InlineData("/a/Movie.mkv", "a%e")]
    [InlineData("/a/Movie.mkv", "Mo_ie")]
    [InlineData("/a/Movie.mkv", "moviee")]
    [InlineData("/x/cafe\u0301.mkv", "cafe.")]
    [InlineData("abc", "abcd")]
    [InlineData("", "a")]
    public void Does_not_find_what_is_not_there(string path, string part) => Assert.False(Find(path, part));

    [Fact]
    public void Finds_parts_of_any_length_at_any_place_and_nothing_of_the_neighbours()
    {
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Text(random, random.Next(100));
            var from = random.Next(text.Length + 1);
            var part = random.Next(2) == 0 ? Text(random, 1 + random.Next(6)) : text.Substring(from, random.Next(text.Length - from + 1));
            Assert.Equal(text.Contains(part, StringComparison.OrdinalIgnoreCase), Find(text, part));
        }
    }

    [Fact]
    public void Upper_case_of_eight_bytes_is_that_of_each()
    {
        for (var value = 0; value < 256; value++)
        {
            var bytes = Enumerable.Repeat((byte)'a', 8).ToArray();
            bytes[value % 8] = (byte)value;
            var upper = BitConverter.GetBytes(FoldedText.Upper(BitConverter.ToUInt64(bytes)));
            Assert.Equal(bytes.Select(FoldedText.Upper), upper);
        }
    }

    private static string Text(Random random, int length)
    {
        const string Letters = "aAbB@[`{zZ1%_/";
        return string.Concat(Enumerable.Range(0, length).Select(_ => Letters[random.Next(Letters.Length)]));
    }

    private static bool Find(string path, string part)
    {
        var texts = new PathTexts();
        texts.Add(part);
        var place = texts.Add(path);
        texts.Add(part);
        return new SubstringSearch(part).IsIn(texts.Bytes, place.At, place.Length);
    }
}
