using System.Globalization;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class QueryFilterTests
{
    [Fact]
    public void Each_hole_becomes_a_literal_of_its_type()
    {
        var guid = Guid.Empty;
        var instant = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        byte[] bytes = [0, 255];

        Assert.Equal("A eq 'it''s'", TableClient.CreateQueryFilter($"A eq {"it's"}"));
        Assert.Equal("A eq 1 and B eq 2L", TableClient.CreateQueryFilter($"A eq {1} and B eq {2L}"));
        Assert.Equal("A eq true or A eq 0.5", TableClient.CreateQueryFilter($"A eq {true} or A eq {0.5}"));
        Assert.Equal($"A eq guid'{guid}'", TableClient.CreateQueryFilter($"A eq {guid}"));
        Assert.Equal("A eq datetime'2024-01-02T02:04:05Z'", TableClient.CreateQueryFilter($"A eq {instant}"));
        Assert.Equal("A eq datetime'2024-01-02T02:04:05Z'", TableClient.CreateQueryFilter($"A eq {instant.UtcDateTime}"));
        Assert.Equal("A eq X'00FF'", TableServiceClient.CreateQueryFilter($"A eq {bytes}"));
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("A eq 0.5", TableClient.CreateQueryFilter($"A eq {0.5}"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_type_without_a_literal_is_refused() =>
        Assert.Throws<ArgumentException>(() => TableClient.CreateQueryFilter($"A eq {TimeSpan.Zero}"));
}
