using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins;

namespace CacheFunctions.Tests.Origins;

public sealed class DirectoryOriginTests : OriginContract, IDisposable
{
    private OriginRoot? _root;

    public void Dispose() => _root?.Dispose();

    protected override Task<IOrigin> OriginAsync(bool readOnly = false)
    {
        _root ??= new OriginRoot();
        return Task.FromResult<IOrigin>(new DirectoryOrigin("nas", _root.Folder, _root.Origin.Rules, readOnly));
    }

    protected override Task PutAsync(string path, byte[] bytes)
    {
        _root!.Put(path, bytes);
        return Task.CompletedTask;
    }

    protected override Task<byte[]?> GetAsync(string path) => Task.FromResult(File.Exists(_root!.At(path)) ? _root.Bytes(path) : null);

    protected override Task DeleteAsync(string path)
    {
        File.Delete(_root!.At(path));
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<string>> PathsAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. _root!.Entries.Where(entry => File.Exists(_root.At(entry)))]);
}
