using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Simulating;

/// <summary>The windows of all instances in table "control", in the order of time: a row each, written once by its instance.</summary>
internal sealed class TraceRows(IRecordStore records)
{
    private const string Table = "control";
    private const string Partition = "trace-directories";
    private const int RowsPerPurge = 100;

    // Each text becomes one of at most 32,000 characters; the service takes 32 Ki.
    private const int AccessesPerText = 24_000 / SampledAccess.Length;

    /// <summary>Safe to repeat: who finds its row there has written it.</summary>
    public async Task WriteAsync(DateTimeOffset at, string instance, TraceWindow window)
    {
        var values = new RowValues { { "schema", 1 }, { "rate", window.Rate.ToString("R", CultureInfo.InvariantCulture) }, { "accesses", window.Accesses }, { "bytes", window.Bytes } };
        foreach (var (i, some) in window.Sampled.Chunk(AccessesPerText).Index())
            values.Add($"sampled_{i}", Convert.ToBase64String(MemoryMarshal.AsBytes(some.AsSpan())));
        try
        {
            await records.CommitAsync(Table, Partition, [RowChange.Insert($"{Key(at)}|{instance}", values)], CancellationToken.None);
        }
        catch (RowConflictException)
        {
            // The reply of an earlier try was lost.
        }
    }

    /// <summary>One query a thousand windows.</summary>
    public async IAsyncEnumerable<TraceWindow> SinceAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in records.QueryAsync(Table, Partition, new KeyRange(Key(from), "~"), null, cancellation))
        {
            var sampled = new List<SampledAccess>();
            for (var i = 0; row.Values.Text($"sampled_{i}") is { } text; i++) sampled.AddRange(MemoryMarshal.Cast<byte, SampledAccess>(Convert.FromBase64String(text)));
            yield return new TraceWindow(
                double.Parse(row.Values.RequiredText("rate"), CultureInfo.InvariantCulture),
                row.Values.RequiredNumber("accesses"),
                row.Values.RequiredNumber("bytes"),
                sampled);
        }
    }

    /// <summary>Safe to repeat, and on several instances at once.</summary>
    public async Task PurgeAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        while (true)
        {
            var changes = new List<RowChange>();
            await foreach (var row in records.QueryAsync(Table, Partition, new KeyRange("0", Key(before)), RowsPerPurge, cancellation)) changes.Add(RowChange.DeleteAny(row.Key));
            if (changes.Count == 0) return;
            try
            {
                await records.CommitAsync(Table, Partition, changes, cancellation);
            }
            catch (RowConflictException)
            {
                // Another instance purges too; what is left is its work.
                return;
            }
        }
    }

    private static string Key(DateTimeOffset at) => at.UtcTicks.ToString("x16", CultureInfo.InvariantCulture);
}
