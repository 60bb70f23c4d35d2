using System.Globalization;
using System.Runtime.CompilerServices;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Export;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.Catalogue.Index;
using CacheFunctions.Tests.InMemory;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>An export holds a buffer and a page, whatever the number of files.</summary>
[Collection(nameof(MemoryTests))]
public sealed class ExportMemoryTests(ITestOutputHelper output)
{
    private const long MaxGrowth = 8L << 20;

    [Theory]
    [InlineData(ExportFormat.Csv, 1_000_000)]
    [InlineData(ExportFormat.Json, 200_000)]
    [InlineData(ExportFormat.Txt, 200_000)]
    public async Task Many_files_pass_through_without_being_held(ExportFormat format, int count)
    {
        var records = new GeneratedRows(count);
        await using var instance = new CatalogueInstance(records, new MemoryContentStore(), new ManualTime());
        var export = new ExportResult(instance.Service.ExportCachedFilesAsync(Caller.Machine), format, true, DateTimeOffset.UnixEpoch);
        using var sink = new MeasuringSink();
        var context = new DefaultHttpContext();
        context.Response.Body = sink;
        await export.ExecuteAsync(context);
        output.WriteLine($"{sink.Length} bytes, {sink.Samples} samples, at most {sink.HighestGrowth} bytes more than at the first");
        Assert.Equal(count, records.Given);
        Assert.InRange(sink.Length, count * 100L, long.MaxValue);
        Assert.InRange(sink.Samples, 3, int.MaxValue);
        Assert.InRange(sink.HighestGrowth, long.MinValue, MaxGrowth);
    }

    private sealed class GeneratedRows(int count) : IRecordStore
    {
        public int Given { get; private set; }

        public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) => Task.FromResult<Row?>(null);

        public async IAsyncEnumerable<Row> QueryAsync(
            string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
        {
            if (table != CatalogueStore.TableName || partition != "00" || !range.From.StartsWith("f|", StringComparison.Ordinal)) yield break;
            await Task.CompletedTask;
            for (; Given < count; Given++)
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"/mnt/nas/media/series {Given / 100}/file {Given}.mkv");
                var file = new CachedFile(
                    CachedFileId.Of(path), path, path, "/cache/copy", CacheMethod.AtomicCopy, Given, DateTimeOffset.UnixEpoch, CacheTrigger.Manual,
                    "user1", ["user1", "user2"], FileStatus.Active, DateTimeOffset.UnixEpoch, Metadata: """{"year":1999}""");
                yield return new Row(CatalogueRows.FileKey(file.Id), CatalogueRows.Values(file), "1");
            }
        }

        public Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }

    /// <summary>Counts what is written, and looks at the heap now and then.</summary>
    private sealed class MeasuringSink : Stream
    {
        private const long BytesPerSample = 4 << 20;

        private long _length;
        private long _first;

        public int Samples { get; private set; }

        public long HighestGrowth { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            if (_length < (Samples + 1) * BytesPerSample) return ValueTask.CompletedTask;
            var memory = GC.GetTotalMemory(forceFullCollection: true);
            if (Samples++ == 0) _first = memory;
            HighestGrowth = Math.Max(HighestGrowth, memory - _first);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException("Kestrel refuses what is not asynchronous.");

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Kestrel refuses what is not asynchronous.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
