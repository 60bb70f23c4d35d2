using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Catalogue.Export;

/// <summary>A download that is written as it is read: memory for a page of rows and a buffer, however many files there are.</summary>
internal sealed class ExportResult(IAsyncEnumerable<CachedFile> files, ExportFormat format, bool includeMetadata, DateTimeOffset now) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancelled) = (httpContext.Response, httpContext.RequestAborted);
        await using var reader = files.GetAsyncEnumerator(cancelled);
        // Should storage not answer, the caller is told so, and not by half a download.
        var hasFirst = await reader.MoveNextAsync();
        Describe(response);
        await (format switch
        {
            ExportFormat.Json => JsonExport.WriteAsync(response.Body, RestAsync(), includeMetadata, cancelled),
            ExportFormat.Txt => TextExport.WriteAsync(response.Body, RestAsync(), includeMetadata, cancelled),
            _ => CsvExport.WriteAsync(response.Body, RestAsync(), includeMetadata, cancelled),
        });

        async IAsyncEnumerable<CachedFile> RestAsync()
        {
            for (var has = hasFirst; has; has = await reader.MoveNextAsync()) yield return reader.Current;
        }
    }

    private void Describe(HttpResponse response)
    {
        var (extension, type) = format switch
        {
            ExportFormat.Json => ("json", "application/json; charset=utf-8"),
            ExportFormat.Txt => ("txt", "text/plain; charset=utf-8"),
            _ => ("csv", "text/csv; charset=utf-8"),
        };
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(string.Create(CultureInfo.InvariantCulture, $"cached-files-{now:yyyy-MM-dd}.{extension}"));
        var headers = response.Headers;
        headers.ContentType = type;
        headers.ContentDisposition = disposition.ToString();
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox";
        headers.CacheControl = "no-store";
    }
}
