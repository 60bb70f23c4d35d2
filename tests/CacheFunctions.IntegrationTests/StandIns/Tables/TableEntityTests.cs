using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class TableEntityTests
{
    [Fact]
    public void A_getter_of_another_type_fails()
    {
        var entity = new TableEntity("p", "r") { ["Text"] = "x", ["Int"] = 1 };

        var refusal = Assert.Throws<InvalidOperationException>(() => entity.GetInt32("Text"));
        Assert.Equal(
            "Cannot return System.Nullable`1[System.Int32] type for a System.String typed property.", refusal.Message);
        Assert.Throws<InvalidOperationException>(() => entity.GetString("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetInt64("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetDouble("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetBoolean("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetGuid("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetDateTime("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetDateTimeOffset("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetBinary("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetBinaryData("Int"));
    }

    [Fact]
    public void An_absent_property_is_null()
    {
        var entity = new TableEntity("p", "r") { ["Null"] = null };

        foreach (var key in new[] { "Absent", "Null" })
        {
            Assert.Null(entity[key]);
            Assert.Null(entity.GetString(key));
            Assert.Null(entity.GetInt32(key));
            Assert.Null(entity.GetInt64(key));
            Assert.Null(entity.GetDouble(key));
            Assert.Null(entity.GetBoolean(key));
            Assert.Null(entity.GetGuid(key));
            Assert.Null(entity.GetDateTime(key));
            Assert.Null(entity.GetDateTimeOffset(key));
            Assert.Null(entity.GetBinary(key));
            Assert.Null(entity.GetBinaryData(key));
        }
    }

    [Fact]
    public void An_int_put_over_a_wider_number_keeps_the_wider_type()
    {
        var entity = new TableEntity { ["L"] = 1L, ["D"] = 1.0, ["I"] = 1 };
        entity["L"] = 2;
        entity["D"] = 2;
        entity["I"] = 2L;

        Assert.Equal((2L, 2.0, 2L), (entity["L"], entity["D"], entity["I"]));
    }

    [Fact]
    public void Keys_and_etag_are_entries_too()
    {
        var entity = new TableEntity(new Dictionary<string, object?> { ["PartitionKey"] = "p", ["A"] = 1 })
        {
            RowKey = "r",
            ETag = new ETag("W/\"1\""),
        };

        Assert.Equal("p", entity.PartitionKey);
        Assert.Equal(["A", "PartitionKey", "RowKey", "odata.etag"], entity.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new ETag("W/\"1\""), entity.ETag);
        Assert.Equal(default, new TableEntity().ETag);
    }

    [Fact]
    public void It_is_a_dictionary()
    {
        var entity = new TableEntity { { "A", 1 }, { "B", 2 } };
        entity.Add("A", 3);

        Assert.Equal(2, entity.Count);
        Assert.True(entity.ContainsKey("A"));
        Assert.True(entity.TryGetValue("A", out var value));
        Assert.Equal(3, value);
        Assert.True(entity.Remove("A"));
        Assert.False(entity.Remove("A"));
        Assert.Equal([KeyValuePair.Create<string, object?>("B", 2)], entity);
        entity.Clear();
        Assert.Empty(entity);
        Assert.Throws<ArgumentNullException>(() => entity[null!]);
        Assert.Throws<ArgumentException>(() => entity[""] = 1);
    }
}
