using System.Text;

namespace CacheFunctions.Catalogue.Export;

/// <summary>A line for each file: when, how large, in which state, why, for whom, which.</summary>
internal static class TextExport
{
    private const int BufferCharacters = 32 << 10;

    public static async Task WriteAsync(Stream body, IAsyncEnumerable<CachedFile> files, bool includeMetadata, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(body, new UTF8Encoding(false), BufferCharacters, leaveOpen: true);
        await foreach (var file in files.WithCancellation(cancellation))
        {
            var users = file.Users.Count > 0 ? string.Join(';', file.Users) : "-";
            await text.WriteAsync(
                $"{CsvExport.Time(file.CachedAt)}  {ReadableSize.Of(file.SizeBytes)}  {CsvExport.Word(file.Status)}  "
                + $"{CsvExport.Word(file.TriggeredByOperation)}  {users}  {file.FilePath}");
            if (includeMetadata) await text.WriteAsync($"  {file.Metadata ?? "{}"}");
            await text.WriteAsync('\n');
        }
    }
}
