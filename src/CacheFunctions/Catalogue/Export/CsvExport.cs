using System.Globalization;
using System.Text.Json;
using CsvHelper;

namespace CacheFunctions.Catalogue.Export;

/// <summary>
/// CachedFileInfo of the second source document as a table, in its order. What a spreadsheet would take for a formula gets an
/// apostrophe before it (OWASP, "CSV Injection"): a file may be named by anybody.
/// </summary>
internal static class CsvExport
{
    private static readonly CsvWriterOptions Rules = CsvWriterOptions.Default with
    {
        Injection = CsvInjection.Escape,
        InjectionCharacters = "=+-@\t\r\n",
    };

    private static readonly (string Name, Func<CachedFile, string?> Value)[] Columns =
    [
        ("id", file => file.Id.ToString()),
        ("file_path", file => file.FilePath),
        ("filename", file => file.Filename),
        ("original_path", file => file.OriginalPath),
        ("cached_path", file => file.CachedPath),
        ("cache_method", file => Word(file.Method)),
        ("file_size_bytes", file => file.SizeBytes.ToString(CultureInfo.InvariantCulture)),
        ("file_size_readable", file => ReadableSize.Of(file.SizeBytes)),
        ("cached_at", file => Time(file.CachedAt)),
        ("last_accessed", file => file.LastAccessed is { } at ? Time(at) : null),
        ("access_count", file => file.AccessCount.ToString(CultureInfo.InvariantCulture)),
        ("triggered_by_user", file => file.TriggeredByUser),
        ("triggered_by_operation", file => Word(file.TriggeredByOperation)),
        ("status", file => Word(file.Status)),
        ("users", file => string.Join(';', file.Users)),
    ];

    public static async Task WriteAsync(Stream body, IAsyncEnumerable<CachedFile> files, bool includeMetadata, CancellationToken cancellation)
    {
        await using var csv = CsvWriter.Create(body, Rules, leaveOpen: true);
        foreach (var (name, _) in Columns) csv.WriteField(name);
        if (includeMetadata) csv.WriteField("metadata");
        await csv.EndRecordAsync(cancellation);
        await foreach (var file in files.WithCancellation(cancellation))
        {
            foreach (var (_, value) in Columns) csv.WriteField(value(file));
            if (includeMetadata) csv.WriteField(file.Metadata ?? "{}");
            await csv.EndRecordAsync(cancellation);
        }
    }

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);

    internal static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
