using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation.Sessions;

namespace CacheFunctions.Tests.Simulation;

/// <summary>A content store as one instance reaches it.</summary>
internal sealed class FaultyContentStore(IContentStore inner, Link link) : IContentStore
{
    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        // Read here and not by the store, so that a late delivery still has the bytes.
        var bytes = await Text.ReadAsync(content);
        await link.WriteAsync(
            async () =>
            {
                await inner.WriteAsync(container, name, new MemoryStream(bytes), length, cancellation);
                return true;
            },
            maybeTwice: true);
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var bytes = await Text.ReadAsync(content);
        return await link.WriteAsync(
            () => inner.WriteOnceAsync(container, name, new MemoryStream(bytes), progress, cancellation), maybeTwice: true);
    }

    public async Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation)
    {
        var bytes = await Text.ReadAsync(content);
        return await link.WriteAsync(() => inner.WriteCompressedAsync(container, name, new MemoryStream(bytes), maxBytes, plainBytes, replaces, cancellation), maybeTwice: true);
    }

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        link.WriteAsync(() => inner.CopyAsync(container, from, to, cancellation), maybeTwice: true);

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.FindAsync(container, name, cancellation));

    public Task<(ContentItem Item, Stream? Content)?> BeginAsync(
        string container, string name, ContentItem? known, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.BeginAsync(container, name, known, cancellation));

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.OpenVersionAsync(container, item, offset, length, cancellation));

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.PresignUploadAsync(container, name, lifetime, cancellation));

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.OpenReadAsync(container, name, offset, length, cancellation));

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        link.WriteAsync(() => inner.DeleteAsync(container, name, cancellation), maybeTwice: true);

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await link.ReadAsync(() => true);
        await foreach (var item in inner.ListAsync(container, prefix, cancellation)) yield return item;
    }
}
