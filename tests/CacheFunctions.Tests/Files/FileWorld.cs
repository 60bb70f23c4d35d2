using CacheFunctions.Content.Hot;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Files;

/// <summary>The file manager over in-memory stores, on a clock that a test moves.</summary>
internal sealed class FileWorld
{
    public FileWorld()
    {
        Store = new MemoryFileStore(Time);
        Log = new FileLog(new RecordTable(Records, FileLog.TableName, 4, Time), Time);
        Manager = With(KeyRing.Development);
    }

    public static Caller Alice { get; } = new("alice", false);

    public static Caller Bob { get; } = new("bob", false);

    public ManualTime Time { get; } = new();

    public MemoryRecordStore Records { get; } = new();

    public MemoryFileStore Store { get; }

    public MemoryContentStore Contents { get; } = new();

    public FileLog Log { get; }

    public FileManager Manager { get; }

    public static FileAddress App(string name = "posts/1/image.jpg") => FileAddress.Of("blog", StorageLevel.App, name);

    public static FileAddress Of(string user, string name = "avatar.png") => FileAddress.Of("social", StorageLevel.User, name, user);

    public static NewFile File(byte[] bytes, bool compress = false, bool encrypt = true) =>
        new(new MemoryStream(bytes), bytes.Length, "text/plain", null, compress, encrypt);

    private JobRunner Jobs => new(new JobStore(Records, Time), Time);

    /// <summary>One that asks storage each time.</summary>
    public FileManager With(KeyRing ring) => new(Store, Log, ring, Contents, HotContent.None, Jobs, new FileSettings { FreshFor = TimeSpan.Zero }, Time);

    /// <summary>An instance that remembers.</summary>
    public FileManager With(HotContent hot, FileSettings? settings = null) =>
        new(Store, Log, KeyRing.Development, Contents, hot, Jobs, settings ?? new FileSettings(), Time);

    public async Task<FileInformation> PutAsync(FileAddress address, byte[] bytes, bool compress = false, bool encrypt = true) =>
        (await Manager.UploadFileAsync(Caller.Machine, address, File(bytes, compress, encrypt))).File;

    public Task<byte[]> ReadAsync(FileAddress address, long offset = 0, long? length = null) => ReadAsync(Manager, address, offset, length);

    public static async Task<byte[]> ReadAsync(FileManager manager, FileAddress address, long offset = 0, long? length = null)
    {
        using var download = await manager.DownloadFileAsync(Caller.Machine, address, readsWhole: offset == 0 && length is null);
        await using var stream = await download.OpenAsync(offset, length);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>What the log tells, oldest first.</summary>
    public async Task<IReadOnlyList<Operation>> OperationsAsync()
    {
        var all = new List<Operation>();
        for (var shard = 0; shard < Log.Table.ShardCount; shard++)
            await foreach (var operation in Log.Table.Log.FollowAsync(shard, 0, default)) all.Add(operation.Operation);
        return all;
    }
}
