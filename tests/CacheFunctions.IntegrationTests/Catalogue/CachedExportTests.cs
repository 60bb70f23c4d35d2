using System.Text.Json;
using CsvHelper;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Exports over HTTP.</summary>
public sealed class CachedExportTests
{
    private const string Export = "/api/cached/export";

    private static readonly string[] Columns =
    [
        "id", "file_path", "filename", "original_path", "cached_path", "cache_method", "file_size_bytes", "file_size_readable", "cached_at",
        "last_accessed", "access_count", "triggered_by_user", "triggered_by_operation", "status", "users",
    ];

    [Fact]
    public async Task An_export_holds_the_files_that_fit_in_each_format_as_a_download()
    {
        await using var world = await OpenAsync();
        var film = await world.AddAsync("a film, \"new\" = old.mkv".Replace("\"", "", StringComparison.Ordinal), 1536, """
            "user_id": "user1", "operation": "watchlist", "metadata": {"year": 1999, "of": "a, b"}
            """);
        await DataAsync(await world.Http.PutAsync($"{FilesAddress}/{film}/users/user2", null));
        await DataAsync(await world.Http.DeleteAsync($"{FilesAddress}/{await world.AddAsync("removed.txt", 1)}"));
        await world.AddAsync("other.txt", 2, """
            "user_id": "user2"
            """);
        // A hit that no row knows of is in the export all the same.
        using (var read = await world.Http.GetAsync($"{FilesAddress}/{film}/content")) await world.EndedAsync(read.EnsureSuccessStatusCode());
        await world.LetHitsArriveAsync();

        using (var answer = await world.Http.GetAsync($"{Export}?user_id=user1"))
        {
            Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("attachment; filename=cached-files-2026-01-01.csv", answer.Content.Headers.ContentDisposition!.ToString().Split("; filename*")[0]);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            var rows = await RowsAsync(answer);
            Assert.Equal(Columns, rows[0]);
            var row = Assert.Single(rows.Skip(1));
            var file = await world.GetAsync($"{FilesAddress}/{film}");
            Assert.Equal(
                Columns.Select(column => file.GetProperty(column) switch
                {
                    { ValueKind: JsonValueKind.Array } users => string.Join(';', users.EnumerateArray().Select(user => user.GetString())),
                    var value => value.ToString(),
                }),
                row);
            Assert.Equal("1", row[Array.IndexOf(Columns, "access_count")]);
        }

        using (var answer = await world.Http.GetAsync($"{Export}?include_metadata=true"))
        {
            var rows = await RowsAsync(answer);
            Assert.Equal([.. Columns, "metadata"], rows[0]);
            Assert.Equal(3, rows.Count);
            var metadata = rows.Single(row => row[0] == film)[^1];
            Assert.Equal("a, b", JsonDocument.Parse(metadata).RootElement.GetProperty("of").GetString());
        }

        using (var answer = await world.Http.GetAsync($"{Export}?format=json&status=removed"))
        {
            Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            var file = Assert.Single(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.EnumerateArray());
            Assert.Equal("removed.txt", file.GetProperty("filename").GetString());
            Assert.Equal(Columns, file.EnumerateObject().Select(property => property.Name).Take(Columns.Length));
            Assert.False(file.TryGetProperty("metadata", out _));
        }

        var text = await world.Http.GetStringAsync($"{Export}?format=txt&user_id=user1");
        Assert.Equal("2026-01-01T00:00:00Z  1.5 KB  active  watchlist  user1;user2  a film, new = old.mkv\n", text);
        Assert.Equal("[]", await world.Http.GetStringAsync($"{Export}?format=json&user_id=nobody"));
        Assert.Equal(string.Join(',', Columns) + "\r\n", await world.Http.GetStringAsync($"{Export}?user_id=nobody"));
        await ErrorAsync(400, "invalid_argument", await world.Http.GetAsync($"{Export}?format=xls"));
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    public async Task What_a_spreadsheet_would_run_is_exported_as_text(string formula)
    {
        await using var world = await OpenAsync();
        await world.AddAsync(formula, 1, $$"""
            "user_id": "{{formula}}"
            """);
        using var answer = await world.Http.GetAsync(Export);
        var row = (await RowsAsync(answer))[1];
        foreach (var column in new[] { "file_path", "filename", "original_path", "triggered_by_user", "users" })
            Assert.Equal("'" + formula, row[Array.IndexOf(Columns, column)]);
    }

    private static async Task<List<string[]>> RowsAsync(HttpResponseMessage answer)
    {
        answer.EnsureSuccessStatusCode();
        using var csv = CsvReader.Create(new StringReader(await answer.Content.ReadAsStringAsync()), new CsvReaderOptions { HasHeader = false });
        var rows = new List<string[]>();
        while (csv.Read()) rows.Add([.. Enumerable.Range(0, csv.FieldCount).Select(field => csv.GetString(field))]);
        return rows;
    }
}
