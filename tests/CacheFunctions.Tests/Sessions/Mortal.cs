using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Origins;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Sessions;

/// <summary>
/// An instance that dies at a chosen step: every call to a store or an origin has one step before its effect and one
/// after it. Once dead it does nothing any more, whatever its code tries in catch and finally blocks.
/// </summary>
public sealed class Death(int step)
{
    private int _left = step;

    public bool HasDied => _left <= 0;

    public void Step()
    {
        if (HasDied || --_left <= 0) throw new InstanceDiedException();
    }

    public async Task<T> AroundAsync<T>(Func<Task<T>> call)
    {
        Step();
        var result = await call();
        Step();
        return result;
    }

    public Task AroundAsync(Func<Task> call) => AroundAsync(async () =>
    {
        await call();
        return true;
    });
}

public sealed class InstanceDiedException : Exception;

internal sealed class MortalRecordStore(IRecordStore inner, Death death) : IRecordStore
{
    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.GetAsync(table, partition, key, cancellation));

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        death.Step();
        await foreach (var row in inner.QueryAsync(table, partition, range, take, cancellation)) yield return row;
        death.Step();
    }

    public Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.CommitAsync(table, partition, changes, cancellation));
}

internal sealed class MortalContentStore(IContentStore inner, Death death) : IContentStore
{
    public Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.WriteAsync(container, name, content, length, cancellation));

    public Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.WriteOnceAsync(container, name, content, progress, cancellation));

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.FindAsync(container, name, cancellation));

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.OpenVersionAsync(container, item, offset, length, cancellation));

    public Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation) =>
        death.AroundAsync(() => inner.WriteCompressedAsync(container, name, content, maxBytes, plainBytes, replaces, cancellation));

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.CopyAsync(container, from, to, cancellation));

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.PresignUploadAsync(container, name, lifetime, cancellation));

    public async Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        await death.AroundAsync(() => inner.OpenReadAsync(container, name, offset, length, cancellation)) is { } content
            ? new MortalStream(content, death)
            : null;

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.DeleteAsync(container, name, cancellation));

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        death.Step();
        await foreach (var item in inner.ListAsync(container, prefix, cancellation)) yield return item;
        death.Step();
    }
}

internal sealed class MortalOrigin(IOrigin inner, Death death) : IOrigin
{
    public string Name => inner.Name;

    public PathRules Rules => inner.Rules;

    public bool ReadOnly => inner.ReadOnly;

    public Task<Fingerprint?> FindAsync(string path, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.FindAsync(path, cancellation));

    public Task<OriginFile> OpenReadAsync(string path, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.OpenReadAsync(path, cancellation));

    public Task<IReadOnlyList<OriginEntry>> ListAsync(
        string folder, string? after, int limit, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.ListAsync(folder, after, limit, cancellation));

    public Task PrepareAsync(StagedFile staged, bool makeFolder, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.PrepareAsync(staged, makeFolder, cancellation));

    public Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.ClaimAsync(left, cancellation));

    public Task WriteAsync(StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.WriteAsync(staged, content, progress, cancellation));

    public Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, string conflictName, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.SwapAsync(staged, expected, sha256, conflictName, cancellation));

    public Task AbandonAsync(StagedFile staged, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.AbandonAsync(staged, cancellation));

    public Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.TakeOverAsync(staged, expected, targetSha256, conflictName, cancellation));
}

/// <summary>Every read is a step.</summary>
internal sealed class MortalStream(Stream inner, Death death) : ForwardOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        death.Step();
        return await inner.ReadAsync(buffer, cancellationToken);
    }
}
