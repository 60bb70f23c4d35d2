using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Files.Stored;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Files;

/// <summary>Every change is announced and told of, also when its instance dies between.</summary>
public sealed class FileLogTests
{
    private readonly FileWorld _world = new();

    [Fact]
    public async Task Changes_are_announced_before_and_told_of_after()
    {
        await _world.Manager.UploadFileAsync(FileWorld.Alice, FileWorld.Of("alice"), FileWorld.File([1, 2]));
        await _world.Manager.DeleteFileAsync(FileWorld.Alice, FileWorld.Of("alice"));
        var operations = await _world.OperationsAsync();
        Assert.Equal(
            [("file_upload_pending", false), ("file_uploaded", true), ("file_deletion_pending", false), ("file_deleted", true)],
            operations.Select(operation => (operation.Type, operation.Success)));
        Assert.All(operations, operation => Assert.Equal(("social/user/alice/avatar.png", "alice"), (operation.FilePath, operation.TriggeredByUser)));
        Assert.Contains("\"size_bytes\":2", operations[1].Metadata, StringComparison.Ordinal);
        Assert.Equal(0, await PendingAsync());
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_told_of_and_changes_nothing()
    {
        await _world.PutAsync(FileWorld.App(), [1]);
        var broken = new NewFile(new Content.PatternStream(100, failure: (50, new IOException("gone"))));
        await Assert.ThrowsAsync<IOException>(() => _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), broken));
        var shorter = FileWorld.File([1, 2]) with { Length = 3 };
        Assert.Equal(ErrorCode.InvalidArgument, (await Assert.ThrowsAsync<CacheException>(() => _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), shorter))).Code);
        Assert.Equal([1], await _world.ReadAsync(FileWorld.App()));
        var operations = await _world.OperationsAsync();
        Assert.Equal(["file_upload_failed", "file_upload_failed"], operations.Skip(2).Where((_, i) => i % 2 == 1).Select(operation => operation.Type));
        Assert.DoesNotContain("gone", operations[3].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, await PendingAsync());
    }

    [Theory]
    [InlineData(false, "file_upload_failed")]
    [InlineData(true, "file_uploaded")]
    public async Task An_upload_that_nobody_told_of_is_settled_from_the_blob(bool wasWritten, string told)
    {
        await _world.PutAsync(FileWorld.App(), [1]);
        // All that an instance did before it died.
        var pending = await _world.Log.AnnounceAsync(FileChange.Upload, FileWorld.App(), Trigger.System);
        if (wasWritten)
        {
            var header = new FileHeader(
                FileHeader.CurrentFormat, FileWorld.App().BlobName, pending.Id, "text/plain", 0, "", 0, null, null, _world.Time.GetUtcNow(), _world.Time.GetUtcNow(), FileVisibility.Private, new Dictionary<string, string>());
            await new FileWriter(_world.Store, new FileEnvelope(KeyRing.Development), 0).WriteAsync(header, FileWorld.File([2]), (_, _) => { }, default, default);
        }

        Assert.Equal(1, await PendingAsync());
        // It may still be going on.
        Assert.Equal(0, await _world.Manager.RunCleanupAsync());
        _world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await _world.Manager.RunCleanupAsync());
        Assert.Equal(0, await _world.Manager.RunCleanupAsync());
        var last = (await _world.OperationsAsync())[^1];
        Assert.Equal((told, wasWritten), (last.Type, last.Success));
        Assert.Equal([wasWritten ? (byte)2 : (byte)1], await _world.ReadAsync(FileWorld.App()));
    }

    [Fact]
    public async Task A_deletion_that_nobody_told_of_is_settled_too()
    {
        foreach (var (name, isGone) in new[] { ("a", true), ("b", false) })
        {
            await _world.PutAsync(FileWorld.App(name), [1]);
            await _world.Log.AnnounceAsync(FileChange.Deletion, FileWorld.App(name), Trigger.System);
            if (isGone) Assert.True(await _world.Store.DeleteAsync((await _world.Store.FindAsync(FileWorld.App(name).BlobName, default))!, default));
        }

        _world.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(2, await _world.Manager.RunCleanupAsync());
        var told = (await _world.OperationsAsync()).Where(operation => operation.Type is "file_deleted" or "file_deletion_failed").ToDictionary(operation => operation.FilePath, operation => operation.Type);
        Assert.Equal(("file_deleted", "file_deletion_failed"), (told["blog/app/a"], told["blog/app/b"]));
    }

    [Fact]
    public async Task Who_was_only_slow_still_tells_what_was()
    {
        var pending = await _world.Log.AnnounceAsync(FileChange.Upload, FileWorld.App(), Trigger.System);
        _world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await _world.Manager.RunCleanupAsync());
        await _world.Log.CompleteAsync(pending, "uploaded");
        Assert.Equal(["file_upload_pending", "file_upload_failed", "file_uploaded"], (await _world.OperationsAsync()).Select(operation => operation.Type));
    }

    private async Task<int> PendingAsync()
    {
        var count = 0;
        for (var shard = 0; shard < _world.Log.Table.ShardCount; shard++)
            await foreach (var _ in _world.Log.Table.QueryAsync(shard, PendingFile.All, default)) count++;
        return count;
    }
}
