using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CacheFunctions.Catalogue.Index;

/// <summary>Writes and reads snapshots; <see cref="SnapshotHeader"/> says how one looks.</summary>
internal static class SnapshotFormat
{
    private const int BufferBytes = 256 << 10;

    /// <param name="loaded">Must stay as it is until the stream is read.</param>
    public static SnapshotStream Write(int shard, LoadedShard loaded, UserSets users)
    {
        if (!loaded.Columns.IsCompact) loaded = loaded with { Columns = loaded.Columns.Compacted() };
        var columns = loaded.Columns;
        var (userPart, userColumn) = SnapshotUsers.Write(columns, users);
        var header = SnapshotHeader.Of(shard, loaded, userPart.Length).ToBytes();
        return new SnapshotStream([
            () => header,
            () => Bytes(columns.Ids, columns.Length),
            () => Bytes(columns.Sizes, columns.Length),
            () => Bytes(columns.CachedAt, columns.Length),
            () => Bytes(columns.LastAccessed, columns.Length),
            () => Bytes(columns.AccessCounts, columns.Length),
            () => Bytes(columns.Touches, columns.Length),
            () => Bytes(columns.Flags, columns.Length),
            () => Bytes(userColumn, columns.Length),
            () => Bytes(columns.Places, columns.Length),
            () => columns.Texts.Bytes.AsSpan(0, columns.Texts.End),
            () => userPart,
        ]);
    }

    /// <exception cref="InvalidDataException">It is damaged, of another schema or another shard's.</exception>
    /// <exception cref="EndOfStreamException">It is not whole.</exception>
    public static async Task<LoadedShard> ReadAsync(Stream stream, int shard, UserSets users, CancellationToken cancellation)
    {
        var reader = new Reader(stream, cancellation);
        try
        {
            var start = new byte[SnapshotHeader.Length];
            await reader.FillAsync(start, start.Length);
            var header = SnapshotHeader.Read(start, shard);
            var columns = new ShardColumns(header.Count);
            var texts = GC.AllocateUninitializedArray<byte>(checked(header.TextBytes + PathTexts.Slack));
            var userPart = new byte[header.UserBytes];
            await reader.FillAsync(columns.Ids, header.Count);
            await reader.FillAsync(columns.Sizes, header.Count);
            await reader.FillAsync(columns.CachedAt, header.Count);
            await reader.FillAsync(columns.LastAccessed, header.Count);
            await reader.FillAsync(columns.AccessCounts, header.Count);
            await reader.FillAsync(columns.Touches, header.Count);
            await reader.FillAsync(columns.Flags, header.Count);
            await reader.FillAsync(columns.Users, header.Count);
            await reader.FillAsync(columns.Places, header.Count);
            await reader.FillAsync(texts, header.TextBytes);
            await reader.FillAsync(userPart, header.UserBytes);
            await reader.CheckAsync();

            var sets = SnapshotUsers.Read(userPart, users);
            for (var row = 0; row < header.Count; row++) columns.Users[row] = sets[columns.Users[row]];
            columns.Adopt(header.Count, new PathTexts(texts, header.TextBytes));
            return new LoadedShard(columns, header.Sequence, header.Notices);
        }
        finally
        {
            reader.Dispose();
        }
    }

    private static ReadOnlySpan<byte> Bytes<T>(T[] column, int count)
        where T : struct => MemoryMarshal.AsBytes(column.AsSpan(0, count));

    /// <summary>Reads parts through one buffer, since a column is not a memory of bytes, and checks them as they come.</summary>
    private sealed class Reader(Stream stream, CancellationToken cancellation) : IDisposable
    {
        private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        private Crc32C _checksum = new();

        public async Task FillAsync<T>(T[] column, int count)
            where T : struct
        {
            var length = (long)count * Unsafe.SizeOf<T>();
            for (long at = 0; at < length;)
            {
                var some = (int)Math.Min(_buffer.Length, length - at);
                await stream.ReadExactlyAsync(_buffer.AsMemory(0, some), cancellation);
                _checksum.Append(_buffer.AsSpan(0, some));
                _buffer.AsSpan(0, some).CopyTo(MemoryMarshal.AsBytes(column.AsSpan(0, count))[(int)at..]);
                at += some;
            }
        }

        public async Task CheckAsync()
        {
            var expected = _checksum.Value;
            await stream.ReadExactlyAsync(_buffer.AsMemory(0, sizeof(uint)), cancellation);
            if (BitConverter.ToUInt32(_buffer) != expected) throw new InvalidDataException("The snapshot is damaged.");
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
