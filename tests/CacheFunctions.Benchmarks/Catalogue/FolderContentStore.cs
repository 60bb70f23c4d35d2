using CacheFunctions.Content;

namespace CacheFunctions.Benchmarks.Catalogue;

/// <summary>Content in a folder, as far as snapshots need it.</summary>
internal sealed class FolderContentStore(string folder) : IContentStore
{
    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(container, name))!);
        await using var file = File.Create(PathOf(container, name));
        await content.CopyToAsync(file, cancellation);
    }

    public Task<Stream?> OpenReadAsync(string container, string name, long offset, long? length, CancellationToken cancellation) =>
        Task.FromResult<Stream?>(File.Exists(PathOf(container, name)) ? File.OpenRead(PathOf(container, name)) : null);

    public Task<bool> WriteOnceAsync(string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<PresignedUpload?> PresignUploadAsync(string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation) => throw new NotSupportedException();

    private string PathOf(string container, string name) => Path.Combine(folder, container, name);
}
