using System.Text.Json;
using CacheFunctions.Http;

namespace CacheFunctions.Catalogue.Export;

/// <summary>Files as lists answer them, in one array.</summary>
internal static class JsonExport
{
    public static Task WriteAsync(Stream body, IAsyncEnumerable<CachedFile> files, bool includeMetadata, CancellationToken cancellation) =>
        JsonSerializer.SerializeAsync(body, files.Select(file => CachedFileAnswer.Of(file, includeMetadata)), Json.Options, cancellation);
}
