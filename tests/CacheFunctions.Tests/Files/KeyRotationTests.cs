using System.Security.Cryptography;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Files;

/// <summary>A new current key takes over without a byte of content being touched.</summary>
public sealed class KeyRotationTests
{
    private static readonly byte[] Old = SHA256.HashData([1]);
    private static readonly byte[] New = SHA256.HashData([2]);

    private readonly FileWorld _world = new();

    [Fact]
    public async Task Rotation_rewraps_every_key_and_then_the_old_one_can_go()
    {
        var before = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["old"] = Old }, "old"));
        var both = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["old"] = Old, ["new"] = New }, "new"));
        var after = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["new"] = New }, "new"));
        for (var i = 0; i < 5; i++) await before.UploadFileAsync(Caller.Machine, FileWorld.App($"{i}"), FileWorld.File([(byte)i], encrypt: i % 2 == 0));
        await both.UploadFileAsync(Caller.Machine, FileWorld.App("new"), FileWorld.File([9]));
        _world.Store.Put("blog/app/foreign", [7], new Dictionary<string, string>());
        var bytes = _world.Store.Bytes("blog/app/0");
        var tag = (await both.GetFileMetadataAsync(Caller.Machine, FileWorld.App("0")))!.ETag;
        var unknown = await Assert.ThrowsAsync<FileDownloadError>(() => FileWorld.ReadAsync(after, FileWorld.App("0")));
        Assert.Contains("Encryption:Keys:old", unknown.Message, StringComparison.Ordinal);

        Assert.Equal(new RotationReport(5, 0), await both.RunMaintenanceAsync());
        Assert.Equal(new RotationReport(0, 0), await both.RunMaintenanceAsync());

        for (var i = 0; i < 5; i++) Assert.Equal([(byte)i], await FileWorld.ReadAsync(after, FileWorld.App($"{i}")));
        Assert.Equal([7], await FileWorld.ReadAsync(after, FileWorld.App("foreign")));
        Assert.Same(bytes, _world.Store.Bytes("blog/app/0"));
        Assert.Equal(tag, (await after.GetFileMetadataAsync(Caller.Machine, FileWorld.App("0")))!.ETag);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_told_and_left_alone()
    {
        await _world.PutAsync(FileWorld.App(), [1]);
        var ring = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["old"] = Old, ["new"] = New }, "new"));
        Assert.Equal(new RotationReport(0, 1), await ring.RunMaintenanceAsync());
        Assert.Equal([1], await _world.ReadAsync(FileWorld.App()));
    }

    [Fact]
    public async Task A_run_that_was_cut_short_is_gone_on_with_where_it_was()
    {
        var before = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["old"] = Old }, "old"));
        var both = _world.With(new KeyRing(new Dictionary<string, byte[]> { ["old"] = Old, ["new"] = New }, "new"));
        foreach (var name in new[] { "a", "b", "c" }) await before.UploadFileAsync(Caller.Machine, FileWorld.App(name), FileWorld.File([1]));
        await _world.Records.CommitAsync("control", "files", [RowChange.Insert("rotation", new RowValues { { "cursor", "blog/app/a" } })], default);
        Assert.Equal(new RotationReport(2, 0), await both.RunMaintenanceAsync());
        // From the beginning again.
        Assert.Equal(new RotationReport(1, 0), await both.RunMaintenanceAsync());
    }

    [Fact]
    public void What_was_wrapped_opens_for_its_purpose_only()
    {
        var ring = new KeyRing(new Dictionary<string, byte[]> { ["a"] = Old, ["b"] = New }, "a");
        var wrapped = ring.Wrap([1, 2, 3], "one");
        Assert.Equal([1, 2, 3], ring.Unwrap(wrapped, "one"));
        Assert.ThrowsAny<CryptographicException>(() => ring.Unwrap(wrapped, "two"));
        Assert.ThrowsAny<CryptographicException>(() => ring.Unwrap("b" + wrapped[1..], "one"));
        Assert.Throws<KeyNotFoundException>(() => ring.Unwrap("c" + wrapped[1..], "one"));
        Assert.ThrowsAny<CryptographicException>(() => ring.Unwrap("a.!", "one"));
    }
}
