using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>Reads the pages of lists, each of which calls its items by another name.</summary>
internal static class Lists
{
    /// <param name="plural">What the items are called.</param>
    /// <param name="address">Of the page that begins at a cursor.</param>
    public static PagedList<T> Of<T>(Transport http, string plural, Func<string?, string> address) => new(async (cursor, cancellation) =>
    {
        var data = await http.GetAsync<JsonElement>(address(cursor), cancellation);
        var pagination = data.GetProperty("pagination").Deserialize<Pagination>(ClientJson.Options)!;
        return new Page<T>(
            data.GetProperty(plural).Deserialize<IReadOnlyList<T>>(ClientJson.Options)!,
            pagination.HasMore ? pagination.Cursor : null,
            pagination.TotalCount ?? (data.TryGetProperty("total_found", out var found) ? found.GetInt64() : null));
    });

    private sealed record Pagination(bool HasMore, string? Cursor, long? TotalCount);
}
