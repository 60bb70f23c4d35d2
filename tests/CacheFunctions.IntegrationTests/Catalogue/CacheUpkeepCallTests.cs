using System.Net;
using System.Text.Json;
using CacheFunctions.Content;
using CacheFunctions.IntegrationTests.Service;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Batches, cleanup, verification and purge over HTTP on real storage.</summary>
public sealed class CacheUpkeepCallTests
{
    private const string FilesAddress = "/api/cached/files";

    [Fact]
    public async Task Cleanup_tells_in_the_documents_words_how_many_were_orphaned_and_removes_them_on_demand()
    {
        await using var service = await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            service.Put($"{i}.txt", $"text {i}");
            ids.Add((await DataAsync(await service.Http.PostAsync(FilesAddress, Json($$"""{"file_path": "{{i}}.txt"}""")))).GetProperty("id").GetString()!);
        }

        await foreach (var copy in service.Contents.ListAsync(ContentName.Cache, "", default))
            if (!copy.Name.StartsWith(ids[0], StringComparison.Ordinal)) await service.Contents.DeleteAsync(ContentName.Cache, copy.Name, default);
        var cleaned = await EnvelopeAsync(service.Http.PostAsync("/api/cached/cleanup", Json("""{"remove_orphaned": false, "user_id": "admin"}""")));
        Assert.Equal("Cache cleanup completed. 3 files marked as orphaned.", cleaned.GetProperty("message").GetString());
        Assert.Equal((3, 0, false), Counts(cleaned));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync($"{FilesAddress}/{ids[1]}/content"));
        Assert.Equal("orphaned", (await DataAsync(await service.Http.GetAsync($"{FilesAddress}/{ids[1]}"))).GetProperty("status").GetString());

        cleaned = await EnvelopeAsync(service.Http.PostAsync("/api/cached/cleanup", Json("""{"remove_orphaned": true}""")));
        Assert.Equal("Cache cleanup completed. 0 files marked as orphaned. 3 orphaned files removed.", cleaned.GetProperty("message").GetString());
        Assert.Equal((0, 3, true), Counts(cleaned));
        Assert.Equal("removed", (await DataAsync(await service.Http.GetAsync($"{FilesAddress}/{ids[1]}"))).GetProperty("status").GetString());

        var verified = await DataAsync(await service.Http.PostAsync("/api/cached/verify", null));
        Assert.Equal((1, 0), (verified.GetProperty("verified_count").GetInt32(), verified.GetProperty("orphaned_count").GetInt32()));
        var purged = await EnvelopeAsync(service.Http.PostAsync("/api/cached/purge", Json("""{"days_to_keep": 0}""")));
        Assert.Equal(3, purged.GetProperty("data").GetProperty("purged_count").GetInt32());
        await ErrorAsync(404, "not_found", await service.Http.GetAsync($"{FilesAddress}/{ids[1]}"));
        var log = await DataAsync(await service.Http.GetAsync($"/api/cached/operations?file_id={ids[1]}"));
        Assert.Equal(
            ["file_purged", "file_removed", "file_orphaned", "file_cached"],
            log.GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("operation_type").GetString()));

        static (int, int, bool) Counts(JsonElement envelope)
        {
            var data = envelope.GetProperty("data");
            return (data.GetProperty("orphaned_count").GetInt32(), data.GetProperty("removed_count").GetInt32(), data.GetProperty("remove_orphaned").GetBoolean());
        }
    }

    [Fact]
    public async Task A_batch_answers_for_each_item_in_order_and_the_same_key_gives_the_same_answer()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        service.Put("b.txt", "two");
        var first = await BatchAsync(service, """{"add": [{"file_path": "a.txt"}, {"file_path": "none.txt"}, {"file_path": "b.txt", "user_id": 7}]}""");
        Assert.Equal((2, 1), Totals(first));
        var results = first.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal([true, false, true], results.Select(item => item.GetProperty("success").GetBoolean()));
        Assert.Equal("not_found", results[1].GetProperty("code").GetString());
        var (a, b) = (results[0].GetProperty("id").GetString(), results[2].GetProperty("id").GetString());

        var body = $$"""{"remove": ["{{a}}", {"id": "{{b}}", "reason": "old"}], "pin": ["{{b}}"], "unpin": ["{{a}}"]}""";
        var second = await BatchAsync(service, body, "key-1");
        var again = await BatchAsync(service, body, "key-1");
        Assert.Equal(second.GetRawText(), again.GetRawText());
        Assert.Equal(["remove", "remove", "pin", "unpin"], second.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("action").GetString()));
        var third = await BatchAsync(service, $$"""{"remove": ["{{a}}"]}""");
        Assert.Equal((0, 1), Totals(third));

        async Task<JsonElement> BatchAsync(TestService service, string json, string? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/cached/batch") { Content = Json(json) };
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            return await DataAsync(await service.Http.SendAsync(request));
        }

        static (int, int) Totals(JsonElement data) => (data.GetProperty("succeeded").GetInt32(), data.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task A_thousand_items_are_one_batch_and_one_more_is_too_many()
    {
        await using var service = await StartAsync();
        var ids = Enumerable.Range(0, 1001).Select(_ => $"\"{Guid.NewGuid()}\"").ToList();
        var data = await DataAsync(await service.Http.PostAsync("/api/cached/batch", Json($$"""{"remove": [{{string.Join(',', ids.Take(1000))}}]}""")));
        Assert.Equal(1000, data.GetProperty("failed").GetInt32());
        await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/cached/batch", Json($$"""{"pin": [{{string.Join(',', ids)}}]}""")));
    }

    [Theory]
    [InlineData("""{"add": [{"file_path": "a.txt"}, {"file_path": ""}]}""", "add[1].file_path")]
    [InlineData("""{"add": [null]}""", "add[0]")]
    [InlineData("""{"remove": ["x"]}""", "remove[0].id")]
    [InlineData("""{"remove": [{"id": "x"}]}""", "remove[0].id")]
    [InlineData("""{"remove": [7]}""", "remove[0].id")]
    [InlineData("""{"pin": [null]}""", "pin[0]")]
    public async Task A_batch_with_a_malformed_item_changes_nothing_and_names_it(string body, string place)
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var error = await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/cached/batch", Json(body)));
        Assert.True(error.GetProperty("details").TryGetProperty(place, out _), error.GetRawText());
        Assert.Empty((await DataAsync(await service.Http.GetAsync("/api/cached/operations"))).GetProperty("operations").EnumerateArray());
    }

    [Fact]
    public async Task Adding_under_one_key_answers_the_same_twice()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, FilesAddress) { Content = Json("""{"file_path": "a.txt", "user_id": "u"}""") };
            request.Headers.Add("Idempotency-Key", "k");
            Assert.Equal(HttpStatusCode.Created, (await service.Http.SendAsync(request)).StatusCode);
        }
    }

    private static async Task<JsonElement> EnvelopeAsync(Task<HttpResponseMessage> answer) =>
        JsonDocument.Parse(await (await answer).Content.ReadAsStringAsync()).RootElement;
}
