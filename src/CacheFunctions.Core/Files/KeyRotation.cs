using CacheFunctions.Files.Log;
using CacheFunctions.Files.Stored;
using CacheFunctions.Storage;

namespace CacheFunctions.Files;

/// <summary>
/// Wraps the keys of files by the current key of the ring; no content is touched. Safe to repeat, and beside uploads, which use the
/// current key. It keeps its place in table <c>control</c>, so that a run that was cut short is gone on with.
/// </summary>
internal sealed class KeyRotation(FileLog log, IFileStore store, FileEnvelope envelope)
{
    private const string Table = "control";
    private const string Partition = "files";
    private const string PlaceKey = "rotation";
    private const int PageLength = 1_000;

    /// <summary>How long one run may take.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    /// <summary>One list for a thousand files, and one blob write for each that is rewrapped.</summary>
    public async Task<RotationReport> RunAsync(CancellationToken cancellation)
    {
        var until = log.Now + Budget;
        var place = await log.Table.Records.GetAsync(Table, Partition, PlaceKey, cancellation);
        var (cursor, report) = (place?.Values.Text("cursor"), new RotationReport(0, 0));
        do
        {
            var (page, next) = await store.ListAsync("", PageLength, cursor, cancellation);
            foreach (var blob in page) report = await RewrapAsync(blob, report, cancellation);
            cursor = next;
        }
        while (cursor is not null && log.Now < until);
        await KeepAsync(place, cursor, cancellation);
        return report;
    }

    private async Task<RotationReport> RewrapAsync(FileBlob blob, RotationReport report, CancellationToken cancellation)
    {
        try
        {
            return envelope.Rewrap(blob) is { } properties && await store.ChangePropertiesAsync(blob, properties, cancellation)
                ? report with { Rewrapped = report.Rewrapped + 1 }
                : report;
        }
        catch (FileDownloadError)
        {
            // Damaged, or its key is not in the ring: for who reads it, and for this report.
            return report with { Failed = report.Failed + 1 };
        }
    }

    private async Task KeepAsync(Row? place, string? cursor, CancellationToken cancellation)
    {
        if (place is null && cursor is null) return;
        try
        {
            var values = new RowValues { { "schema", 1 }, { "cursor", cursor } };
            await log.Table.Records.CommitAsync(Table, Partition, [place is null ? RowChange.Insert(PlaceKey, values) : RowChange.Replace(place, values)], cancellation);
        }
        catch (RowConflictException)
        {
            // Another run has kept its place meanwhile; either will do.
        }
    }
}

/// <param name="Failed">How many could not be opened: they are damaged, or their key is not in the ring.</param>
public sealed record RotationReport(int Rewrapped, int Failed);
