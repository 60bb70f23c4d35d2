using System.Runtime.CompilerServices;

namespace CacheFunctions.Client;

/// <param name="Cursor">Where the next page begins; null: this is the last.</param>
/// <param name="TotalCount">Of all pages; null: the list does not tell.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor, long? TotalCount = null);

/// <summary>A list that is fetched page by page as it is gone through. Going through it again fetches it again.</summary>
public sealed class PagedList<T> : IAsyncEnumerable<T>
{
    private readonly Func<string?, CancellationToken, Task<Page<T>>> _get;

    internal PagedList(Func<string?, CancellationToken, Task<Page<T>>> get) => _get = get;

    /// <param name="cursor">Where the page before ended; null: the first page.</param>
    public Task<Page<T>> GetPageAsync(string? cursor = null, CancellationToken cancellation = default) => _get(cursor, cancellation);

    /// <summary>All pages from a cursor on.</summary>
    public async IAsyncEnumerable<Page<T>> AsPagesAsync(string? cursor = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        do
        {
            var page = await _get(cursor, cancellation);
            yield return page;
            cursor = page.Cursor;
        }
        while (cursor is not null);
    }

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(null, cancellationToken))
            foreach (var item in page.Items) yield return item;
    }
}
