using CacheFunctions.Catalogue;

namespace CacheFunctions.Tests.Catalogue;

public sealed class ReadableSizeTests
{
    [Theory]
    [InlineData(0, "0.0 B")]
    [InlineData(1023, "1023.0 B")]
    [InlineData(1024, "1.0 KB")]
    [InlineData(1_048_575, "1.0 MB")]
    [InlineData(1_073_741_824, "1.0 GB")]
    [InlineData(2_684_354_560, "2.5 GB")]
    [InlineData(21_474_836_480, "20.0 GB")]
    [InlineData(107_374_182_400, "100.0 GB")]
    [InlineData(long.MaxValue, "8.0 EB")]
    public void A_size_reads_as_the_source_document_shows_it(long bytes, string text) => Assert.Equal(text, ReadableSize.Of(bytes));
}
