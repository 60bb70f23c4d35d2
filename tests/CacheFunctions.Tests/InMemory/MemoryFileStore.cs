using System.Collections.Concurrent;
using CacheFunctions.Content;
using CacheFunctions.Files;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Files in memory, for rules.</summary>
public sealed class MemoryFileStore(TimeProvider time) : IFileStore
{
    private readonly ConcurrentDictionary<string, (FileBlob Blob, byte[] Bytes)> _files = new(StringComparer.Ordinal);
    private readonly Signal _end = new();
    private long _version;
    private int _asked;
    private int _begun;
    private int _ended;

    /// <summary>Told of every part that is opened: its name and length.</summary>
    public event Action<string, long>? Opened;

    /// <summary>How often a file was looked for, and a page listed.</summary>
    public int Asked => _asked;

    /// <summary>What answers wait for, once they are known.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public byte[] Bytes(string name) => _files[name].Bytes;

    /// <summary>Puts something there as a stranger with access to the storage would.</summary>
    public void Put(string name, byte[] bytes, IReadOnlyDictionary<string, string> properties, string contentType = "text/plain") =>
        _files[name] = (new FileBlob(name, NextVersion(), bytes.Length, time.GetUtcNow(), contentType, properties), bytes);

    public async Task<FileBlob?> FindAsync(string name, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        var found = _files.TryGetValue(name, out var file) ? file.Blob : null;
        await Gate;
        return found;
    }

    /// <summary>How many reads were begun with a look, and how many of those have not ended.</summary>
    public (int All, int Open) Begun => (_begun, _begun - _ended);

    /// <summary>Waits until so many reads were begun, and all of them have ended.</summary>
    public async Task UntilEndedAsync(int all)
    {
        while (true)
        {
            var end = _end.Next;
            if (Begun == (all, 0)) return;
            await end.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public async Task<(FileBlob Blob, Stream? Content)?> BeginAsync(string name, FileBlob? known, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        var isThere = _files.TryGetValue(name, out var file);
        await Gate;
        if (!isThere) return null;
        if (file.Blob.Version == known?.Version) return (known, null);
        Interlocked.Increment(ref _begun);
        return (file.Blob, new BegunStream(file.Bytes, End));
    }

    public Task<Stream?> OpenAsync(FileBlob blob, long offset, long length, CancellationToken cancellation)
    {
        if (!_files.TryGetValue(blob.Name, out var file) || file.Blob.Version != blob.Version) return Task.FromResult<Stream?>(null);
        Assert.InRange(length, 1, file.Bytes.Length - offset);
        Opened?.Invoke(blob.Name, length);
        return Task.FromResult<Stream?>(new MemoryStream(file.Bytes, (int)offset, (int)length, writable: false));
    }

    public async Task<FileBlob?> WriteAsync(
        string name, Stream content, long? maxBytes, Func<FileFacts> facts, WriteCondition condition, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        Assert.InRange(copy.Length, 0, maxBytes ?? long.MaxValue);
        var known = facts();
        Assert.InRange(known.Properties.Sum(property => property.Key.Length + property.Value.Length), 0, 8192);
        lock (_files)
        {
            var before = _files.TryGetValue(name, out var file) ? file.Blob : null;
            if ((condition.MustBeNew && before is not null) || (condition.Version is { } version && before?.Version != version)) return null;
            Put(name, copy.ToArray(), known.Properties, known.ContentType);
            return _files[name].Blob;
        }
    }

    public Task<bool> ChangePropertiesAsync(FileBlob blob, IReadOnlyDictionary<string, string> properties, CancellationToken cancellation)
    {
        lock (_files)
        {
            if (!_files.TryGetValue(blob.Name, out var file) || file.Blob.Version != blob.Version) return Task.FromResult(false);
            Put(blob.Name, file.Bytes, properties, file.Blob.ContentType);
            return Task.FromResult(true);
        }
    }

    public Task<bool> DeleteAsync(FileBlob blob, CancellationToken cancellation)
    {
        lock (_files) return Task.FromResult(_files.TryGetValue(blob.Name, out var file) && file.Blob.Version == blob.Version && _files.TryRemove(blob.Name, out _));
    }

    public Task<(IReadOnlyList<FileBlob> Page, string? Cursor)> ListAsync(string prefix, int take, string? cursor, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        var all = _files.Values.Select(file => file.Blob)
            .Where(blob => blob.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(blob.Name, cursor) > 0)
            .OrderBy(blob => blob.Name, StringComparer.Ordinal).Take(take + 1).ToList();
        IReadOnlyList<FileBlob> page = [.. all.Take(take)];
        return Task.FromResult((page, all.Count > take ? page[^1].Name : null));
    }

    public Task<PresignedUpload> PresignUploadAsync(string name, string contentType, TimeSpan lifetime, CancellationToken cancellation) =>
        Task.FromResult(new PresignedUpload(new Uri($"https://storage.test/{name}"), "PUT", new Dictionary<string, string>(), time.GetUtcNow() + lifetime));

    public Task<Uri> PresignDownloadAsync(string name, string fileName, string contentType, TimeSpan lifetime, CancellationToken cancellation) =>
        Task.FromResult(new Uri($"https://storage.test/{name}"));

    private string NextVersion() => $"v{Interlocked.Increment(ref _version)}";

    private void End()
    {
        Interlocked.Increment(ref _ended);
        _end.Tell();
    }

    private sealed class BegunStream(byte[] bytes, Action disposed) : MemoryStream(bytes, writable: false)
    {
        private bool _isDisposed;

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed) disposed();
            _isDisposed = true;
            base.Dispose(disposing);
        }
    }
}
