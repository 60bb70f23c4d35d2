using System.Collections.Concurrent;
using CacheFunctions.Uploads;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Uploads in memory, for rules.</summary>
public sealed class MemoryUploadStore : IUploadStore
{
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new(StringComparer.Ordinal);

    public int MaxPieceBytes => 1 << 10;

    public long MaxBytes => 1 << 30;

    /// <summary>What opening waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Count => _uploads.Count;

    public Task CreateAsync(string id, CancellationToken cancellation)
    {
        _uploads.TryAdd(id, []);
        return Task.CompletedTask;
    }

    public Task<long?> LengthAsync(string id, CancellationToken cancellation) =>
        Task.FromResult<long?>(_uploads.TryGetValue(id, out var bytes) ? bytes.Length : null);

    public Task<bool> AppendAsync(string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        Assert.InRange(piece.Length, 1, MaxPieceBytes);
        while (_uploads.TryGetValue(id, out var bytes))
        {
            if (bytes.Length != offset)
            {
                return Task.FromResult(
                    bytes.Length >= offset + piece.Length && bytes.AsSpan((int)offset, piece.Length).SequenceEqual(piece.Span));
            }

            if (_uploads.TryUpdate(id, [.. bytes, .. piece.Span], bytes)) return Task.FromResult(true);
        }

        return Task.FromResult(false);
    }

    public async Task<Stream?> OpenAsync(string id, CancellationToken cancellation)
    {
        await Gate.WaitAsync(cancellation);
        return _uploads.TryGetValue(id, out var bytes) ? new MemoryStream(bytes, writable: false) : null;
    }

    public Task DeleteAsync(string id, CancellationToken cancellation)
    {
        foreach (var name in _uploads.Keys)
            if (name.StartsWith(id, StringComparison.Ordinal)) _uploads.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
