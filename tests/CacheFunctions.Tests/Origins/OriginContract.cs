using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Tests.Origins;

/// <summary>What every origin promises. Each test has an origin of its own, empty at first.</summary>
public abstract partial class OriginContract
{
    private static readonly byte[] Old = "old content"u8.ToArray();
    private static readonly byte[] New = "the new content"u8.ToArray();
    private static readonly byte[] Foreign = "what somebody else wrote"u8.ToArray();

    /// <summary>The origin of this test; another handle on the same files when called again.</summary>
    protected abstract Task<IOrigin> OriginAsync(bool readOnly = false);

    /// <summary>Whether a file needs a folder that was made before it.</summary>
    protected virtual bool HasFolders => true;

    /// <summary>From which byte on content is read when a write of it broke off.</summary>
    protected virtual long ResumesAt(long brokeOffAt) => brokeOffAt / (8 << 20) * (8 << 20);

    /// <summary>Puts a file there behind the origin's back, with its folders.</summary>
    protected abstract Task PutAsync(string path, byte[] bytes);

    /// <returns>null: there is no such file.</returns>
    protected abstract Task<byte[]?> GetAsync(string path);

    protected abstract Task DeleteAsync(string path);

    /// <summary>The paths of all files, temporary ones too, in ordinal order.</summary>
    protected abstract Task<IReadOnlyList<string>> PathsAsync();

    protected static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    protected static StagedFile Stage(string path, int fence = 1) => new(path, $".cachefunctions-{fence}-0123456789abcdef");

    protected static OriginContent Content(byte[] bytes) => Content(bytes, offset => new MemoryStream(bytes[(int)offset..]));

    /// <summary>Content that reads as something else than it is announced to be.</summary>
    protected static OriginContent Content(byte[] announced, Func<long, Stream> open) =>
        new(announced.Length, Sha256(announced), null, (offset, _) => Task.FromResult(open(offset)));

    /// <summary>The fingerprint that a session has of its origin: with the hash of what it read.</summary>
    protected static async Task<Fingerprint> OpenedAsync(IOrigin origin, string path)
    {
        await using var file = await origin.OpenReadAsync(path, default);
        return file.Fingerprint with { Sha256 = Sha256(await ReadAsync(file)) };
    }

    protected static async Task<byte[]> ReadAsync(OriginFile file)
    {
        using var copy = new MemoryStream();
        await file.Content.CopyToAsync(copy);
        return copy.ToArray();
    }

    protected static async Task StageAsync(IOrigin origin, StagedFile staged, byte[] bytes)
    {
        await origin.PrepareAsync(staged, false, default);
        await origin.WriteAsync(staged, Content(bytes), null, default);
    }

    protected static Task<SwapResult> SwapAsync(IOrigin origin, StagedFile staged, Fingerprint? expected, byte[] bytes) =>
        origin.SwapAsync(staged, expected, Sha256(bytes), "kept", default);

    protected static Task<SwapResult> TakeOverAsync(IOrigin origin, StagedFile staged, Fingerprint? expected, byte[] bytes) =>
        origin.TakeOverAsync(staged, expected, Sha256(bytes), "kept", default);

    /// <summary>The whole protocol, as a write back goes through it.</summary>
    protected static async Task<SwapResult> ReplaceAsync(IOrigin origin, StagedFile staged, Fingerprint? expected, byte[] bytes)
    {
        await StageAsync(origin, staged, bytes);
        var result = await SwapAsync(origin, staged, expected, bytes);
        if (result.Written is null) await origin.AbandonAsync(staged, default);
        return result;
    }

    private static async Task<CacheException> RefusedAsync(ErrorCode code, Func<Task> act)
    {
        var error = await Assert.ThrowsAsync<CacheException>(act);
        Assert.Equal(code, error.Code);
        return error;
    }
}
