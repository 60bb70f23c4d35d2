using CacheFunctions.Content;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>Content is acknowledged while it is still on its way.</summary>
internal sealed class AcknowledgedTooEarly(IContentStore inner, SimulatedWorld world) : IContentStore
{
    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        var bytes = await Text.ReadAsync(content);
        if (world.Random.Next(20) == 0) _ = LaterAsync(container, name, bytes);
        else await inner.WriteAsync(container, name, new MemoryStream(bytes), length, cancellation);
    }

    public Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        inner.WriteOnceAsync(container, name, content, progress, cancellation);

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenReadAsync(container, name, offset, length, cancellation);

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        inner.CopyAsync(container, from, to, cancellation);

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        inner.FindAsync(container, name, cancellation);

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenVersionAsync(container, item, offset, length, cancellation);

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        inner.PresignUploadAsync(container, name, lifetime, cancellation);

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        inner.DeleteAsync(container, name, cancellation);

    public IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation) =>
        inner.ListAsync(container, prefix, cancellation);

    private async Task LaterAsync(string container, string name, byte[] bytes)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), world.Time);
        await inner.WriteAsync(container, name, new MemoryStream(bytes), bytes.Length, CancellationToken.None);
    }
}
