using System.Runtime.CompilerServices;

namespace Azure.Data.Tables.Wire;

/// <summary>Pages one by one, each fetched when asked for; the token of the query and of the loop both cancel.</summary>
internal sealed class TablePages<T>(
    Func<string?, int?, CancellationToken, Task<Page<T>>> fetch, int? maxPerPage, CancellationToken cancellationToken)
    : AsyncPageable<T>(cancellationToken)
    where T : notnull
{
    public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) =>
        WalkAsync(continuationToken, pageSizeHint ?? maxPerPage);

    private async IAsyncEnumerable<Page<T>> WalkAsync(
        string? token, int? size, [EnumeratorCancellation] CancellationToken loopToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken, loopToken);
        do
        {
            var page = await fetch(token, size, either.Token).ConfigureAwait(false);
            token = page.ContinuationToken;
            yield return page;
        }
        while (token is not null);
    }
}
