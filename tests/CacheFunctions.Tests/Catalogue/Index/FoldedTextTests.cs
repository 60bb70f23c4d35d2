using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("a\uFFFE")]
    [InlineData("\uFFFFa")]
    [InlineData("a\uD800b")]
    public void What_is_no_character_is_folded_to_the_replacement_character(string text) =>
        Assert.Contains('\uFFFD', FoldedText.Of(text));
}
