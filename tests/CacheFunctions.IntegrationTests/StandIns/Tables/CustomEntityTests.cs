using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class CustomEntityTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task A_class_of_ones_own_comes_back_whole()
    {
        var table = await account.NewTableAsync();
        var bytes = new byte[] { 0, 1, 255 };
        var sent = new Everything
        {
            PartitionKey = "p",
            RowKey = "r",
            Text = "it's",
            Whole = int.MinValue,
            Big = long.MaxValue,
            Fraction = 5.0,
            Bool = true,
            Date = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(7),
            Instant = DateTimeOffset.UnixEpoch.AddTicks(1),
            Id = Guid.NewGuid(),
            Duration = TimeSpan.FromTicks(-7),
            Natural = long.MaxValue,
            Bytes = bytes,
            Binary = new(bytes),
            Day = DayOfWeek.Friday,
            MaybeInt = 1,
            MaybeLong = 2,
            MaybeDouble = double.NaN,
            MaybeBool = false,
            MaybeDate = DateTime.UnixEpoch,
            MaybeInstant = DateTimeOffset.UnixEpoch,
            MaybeGuid = Guid.Empty,
            MaybeDay = DayOfWeek.Monday,
            Renamed = "renamed",
            Ignored = "ignored",
        };

        var added = await table.AddEntityAsync(sent);
        var read = (await table.GetEntityAsync<Everything>("p", "r")).Value;
        var raw = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        Assert.Equal(added.Headers.ETag, read.ETag);
        Assert.NotNull(read.Timestamp);
        Assert.Equal(bytes, read.Bytes);
        Assert.Equal(bytes, read.Binary!.ToArray());
        Assert.Equal(DateTimeKind.Utc, read.Date.Kind);
        Assert.Null(read.Ignored);
        Assert.Equal(
            sent with { Ignored = null },
            read with { ETag = default, Timestamp = null, Bytes = sent.Bytes, Binary = sent.Binary });
        Assert.Equal(("Friday", "renamed", 5.0), (raw.GetString("Day"), raw.GetString("other"), raw.GetDouble("Fraction")));
    }

    [Fact]
    public async Task What_is_null_or_absent_stays_null()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new Everything { PartitionKey = "p", RowKey = "r" });

        var read = await table.QueryAsync<Everything>().SingleAsync();

        Assert.Equal(new Everything { PartitionKey = "p", RowKey = "r" }, read with { ETag = default, Timestamp = null });
    }

    [Fact]
    public async Task A_name_that_an_enum_lacks_leaves_it_alone()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Day"] = "Someday", ["Unknown"] = 1 });

        Assert.Equal(DayOfWeek.Sunday, (await table.GetEntityAsync<Everything>("p", "r")).Value.Day);
    }

    [Fact]
    public async Task A_class_of_ones_own_goes_into_a_transaction()
    {
        var table = await account.NewTableAsync();

        await table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new Everything { PartitionKey = "p", RowKey = "r", Big = 7 })]);

        Assert.Equal(7, (await table.GetEntityAsync<Everything>("p", "r")).Value.Big);
    }

    public sealed record Everything : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public string? Text { get; set; }

        public int Whole { get; set; }

        public long Big { get; set; }

        public double Fraction { get; set; }

        public bool Bool { get; set; }

        public DateTime Date { get; set; } = DateTime.UnixEpoch;

        public DateTimeOffset Instant { get; set; } = DateTimeOffset.UnixEpoch;

        public Guid Id { get; set; }

        public TimeSpan Duration { get; set; }

        public ulong Natural { get; set; }

        public byte[]? Bytes { get; set; }

        public BinaryData? Binary { get; set; }

        public DayOfWeek Day { get; set; }

        public int? MaybeInt { get; set; }

        public long? MaybeLong { get; set; }

        public double? MaybeDouble { get; set; }

        public bool? MaybeBool { get; set; }

        public DateTime? MaybeDate { get; set; }

        public DateTimeOffset? MaybeInstant { get; set; }

        public Guid? MaybeGuid { get; set; }

        public DayOfWeek? MaybeDay { get; set; }

        [DataMember(Name = "other")]
        public string? Renamed { get; set; }

        [IgnoreDataMember]
        public string? Ignored { get; set; }
    }
}
