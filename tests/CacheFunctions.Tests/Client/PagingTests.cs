using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

public sealed class PagingTests : IDisposable
{
    private readonly FakeService _service = new(request => FakeService.Data(request.Address.Query.Contains("cursor=2", StringComparison.Ordinal)
        ? """{"files": [{"id": "c", "status": "a_word_of_tomorrow"}], "pagination": {"limit": 2, "has_more": false, "cursor": null, "total_count": 3}}"""
        : """{"files": [{"id": "a", "status": "active"}, {"id": "b", "status": "pending_removal"}], "pagination": {"limit": 2, "has_more": true, "cursor": "2", "total_count": 3}}"""));

    [Fact]
    public async Task A_list_is_fetched_page_by_page_as_it_is_gone_through()
    {
        var list = _service.ToClient().CachedFiles.List(new CachedFileQuery { PageSize = 2, Offset = 1 });
        Assert.Empty(_service.Sent);
        var seen = new List<string>();
        await foreach (var file in list)
        {
            seen.Add($"{file.Id} {file.Status}");
            Assert.Equal(file.Id == "c" ? 2 : 1, _service.Sent.Count);
        }

        // A word that a newer service says is no reason to fail.
        Assert.Equal(["a Active", "b PendingRemoval", "c Unknown"], seen);
        Assert.Equal(["?limit=2&offset=1", "?limit=2&cursor=2"], _service.Sent.Select(request => request.Address.Query));
    }

    [Fact]
    public async Task A_page_tells_where_to_go_on_and_how_many_there_are()
    {
        var list = _service.ToClient().CachedFiles.List();
        var page = await list.GetPageAsync();
        Assert.Equal((2, "2", 3), (page.Items.Count, page.Cursor, page.TotalCount));
        Assert.Null((await list.GetPageAsync(page.Cursor)).Cursor);
    }

    public void Dispose() => _service.Dispose();
}
