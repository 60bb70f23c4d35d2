using CacheFunctions.Storage;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Storage.Records;

namespace CacheFunctions.IntegrationTests.Storage;

/// <summary>Each call to storage counts once, as what it is charged for.</summary>
public sealed class StorageCallCountTests(EmulatedAccount emulated) : IClassFixture<EmulatedAccount>, IAsyncLifetime
{
    private static readonly RowValues Values = new() { { "text", "text" } };
    private readonly string _name = "n" + Guid.NewGuid().ToString("N");
    private readonly TableRecordStore _records = new(emulated.Account);
    private readonly BlobContentStore _contents = new(emulated.Account, TimeProvider.System);

    public async Task InitializeAsync()
    {
        await _records.CommitAsync(_name, "p", [RowChange.Insert("a", Values), RowChange.Insert("b", Values)], default);
        await _contents.WriteAsync(_name, "a", new MemoryStream([1, 2, 3]), 3, default);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("a")]
    [InlineData("missing")]
    public Task A_point_read_counts_once_whether_it_finds_a_row_or_not(string key) =>
        AssertCountsAsync(StorageCall.TableRead, 1, () => _records.GetAsync(_name, "p", key, default));

    [Fact]
    public Task A_transaction_counts_once_however_many_rows_it_has() => AssertCountsAsync(
        StorageCall.TableWrite,
        1,
        () => _records.CommitAsync(_name, "p", [.. Enumerable.Range(0, 100).Select(i => RowChange.Insert($"r{i:00}", Values))], default));

    [Fact]
    public Task A_transaction_that_conflicts_counts_once() => AssertCountsAsync(
        StorageCall.TableWrite,
        1,
        () => Assert.ThrowsAsync<RowConflictException>(() => _records.CommitAsync(_name, "p", [RowChange.Insert("a", Values)], default)));

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public Task A_range_that_fits_a_page_counts_once(int? take) =>
        AssertCountsAsync(StorageCall.TableQuery, 1, () => ReadAsync(take));

    [Fact]
    public async Task A_range_counts_once_a_page()
    {
        foreach (var some in Enumerable.Range(0, 1500).Chunk(100))
            await _records.CommitAsync(_name, "p", [.. some.Select(i => RowChange.Insert($"a{i:0000}", Values))], default);

        await AssertCountsAsync(StorageCall.TableQuery, 2, () => ReadAsync(null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5 << 20)]
    [InlineData(40 << 20)]
    public async Task Content_of_known_length_counts_as_one_write(int length)
    {
        // Whether the container is there is asked once in an instance's life.
        await _contents.WriteAsync(_name, "b", new MemoryStream(new byte[5 << 20]), 5 << 20, default);

        await AssertCountsAsync(
            StorageCall.BlobWrite, 1, () => _contents.WriteAsync(_name, "b", new MemoryStream(new byte[length]), length, default));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("missing")]
    public Task Opening_content_counts_as_one_read(string name) => AssertCountsAsync(
        StorageCall.BlobRead,
        1,
        async () =>
        {
            await using var content = await _contents.OpenReadAsync(_name, name, 0, null, default);
            if (content is not null) await content.CopyToAsync(Stream.Null);
        });

    [Theory]
    [InlineData("a")]
    [InlineData("missing")]
    public Task A_delete_counts_once(string name) =>
        AssertCountsAsync(StorageCall.BlobDelete, 1, () => _contents.DeleteAsync(_name, name, default));

    [Fact]
    public Task A_page_of_names_counts_once() => AssertCountsAsync(
        StorageCall.BlobList,
        1,
        async () =>
        {
            await foreach (var item in _contents.ListAsync(_name, "", default)) Assert.Equal("a", item.Name);
        });

    private async Task AssertCountsAsync(StorageCall call, long expected, Func<Task> act)
    {
        var counts = emulated.Transactions.BeginRequest();
        await act();
        Assert.Equal($"{call} {expected}", counts.ToString());
    }

    private async Task ReadAsync(int? take)
    {
        await foreach (var row in _records.QueryAsync(_name, "p", KeyRange.Prefix("a"), take, default)) Assert.NotNull(row);
    }
}
