using System.Text;
using CacheFunctions.Content;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Bringing;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation.Catalogue;

namespace CacheFunctions.Tests.Directories;

public sealed class CompressionTests : IDisposable
{
    private readonly DirectoryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task What_becomes_smaller_is_stored_compressed_and_counts_as_it_is_stored()
    {
        await _world.PutAsync("a/text", Long('t'));
        await _world.PutAsync("a/in/more", Long('m'));
        await _world.PutAsync("a/short", "x");
        await _world.PutAsync("a/empty", "");

        var registered = await CompressAsync(_world.Service);

        Assert.True(registered.IsNew && registered.Directory!.Compressed);
        Assert.Equal((4, await StoredAsync(_world)), (registered.Directory!.FileCount, registered.Directory.SizeBytes));
        Assert.InRange(registered.Directory.SizeBytes, 2, 10_000);
        Assert.Equal(["a/in/more", "a/text"], await CompressedAsync(_world));
        Assert.Equal(Long('t'), await ReadAsync(_world, "a/text"));
        Assert.Equal(Long('t')[300_000..300_100], await ReadAsync(_world, "a/text", 300_000, 100));
        Assert.Equal("x", await ReadAsync(_world, "a/short"));
        // Again changes no file, and forgets nothing.
        var versions = await VersionsAsync(_world);
        Assert.False((await CompressAsync(_world.Service)).IsNew);
        Assert.True((await _world.RegisterAsync("a")).Compressed);
        Assert.Equal(versions, await VersionsAsync(_world));
    }

    [Fact]
    public async Task What_is_stored_in_a_compressed_directory_is_compressed_until_it_is_registered_otherwise()
    {
        await _world.FillAsync("a");
        await CompressAsync(_world.Service);
        await _world.PutAsync("a/in/text", Long('t'));
        _world.PutOrigin("folder/one", Long('o'));
        _world.PutOrigin("file", Long('f'));
        await _world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a/brought"), "/mnt/nas/folder");
        var warmed = await _world.Service.WarmAsync(
            Caller.Machine, [new WarmItem("/mnt/nas/folder", "a/warm"), new WarmItem("/mnt/nas/file", "a/file2")], null);

        Assert.Equal(2 * 600_000, WarmReport.Read(warmed.Result!).Bytes);
        Assert.Equal(["a/brought/one", "a/file2", "a/in/text", "a/warm/one"], await CompressedAsync(_world));
        Assert.Equal(Long('o'), await ReadAsync(_world, "a/warm/one"));
        var directory = await _world.RegisterAsync("a");
        Assert.Equal((5, await StoredAsync(_world)), (directory.FileCount, directory.SizeBytes));
        Assert.False((await _world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), compress: false)).Directory!.Compressed);
        await _world.PutAsync("a/in/text", Long('t'));
        Assert.Equal(["a/brought/one", "a/file2", "a/warm/one"], await CompressedAsync(_world));
        await _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: true);
        Assert.Empty(_world.Files);
    }

    [Fact]
    public async Task What_is_compressed_in_a_registered_directory_becomes_smaller_there_too()
    {
        using var world = new DirectoryWorld();
        await world.PutAsync("a/b/file", new string('x', 100_000));
        await world.RegisterAsync("a");
        var inner = (await world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a/b"), compress: true)).Directory!;

        Assert.InRange(inner.SizeBytes, 1, 10_000);
        Assert.Equal(inner.SizeBytes, (await world.GetAsync("a")).SizeBytes);
    }

    [Fact]
    public async Task An_import_compresses_what_lay_there_before_too()
    {
        await _world.PutAsync("a/before", Long('b'));
        await _world.RegisterAsync("a");
        _world.PutOrigin("folder/one", Long('o'));

        var imported = await _world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), "/mnt/nas/folder", compress: true);

        Assert.True(imported.Directory!.Compressed);
        Assert.Equal(["a/before", "a/one"], await CompressedAsync(_world));
        Assert.Equal(await StoredAsync(_world), imported.Directory.SizeBytes);
    }

    [Fact]
    public async Task Room_is_needed_for_what_is_stored()
    {
        using var world = new DirectoryWorld(new() { MaxBytes = 1 << 20 });
        for (var i = 0; i < 5; i++) world.PutOrigin($"folder/{i}", Long('o'));

        await world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), "/mnt/nas/folder", compress: true);

        Assert.Equal((await StoredAsync(world), 5), ((await world.GetAsync("a")).SizeBytes, (await world.GetAsync("a")).FileCount));
        // More than the quota, before it is compressed.
        await world.PutAsync("a/large", new string('l', 2 << 20));
        Assert.Equal((await StoredAsync(world), 6), ((await world.GetAsync("a")).SizeBytes, (await world.GetAsync("a")).FileCount));
        await Assert.ThrowsAsync<CacheException>(() => world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("b"), "/mnt/nas/folder"));
    }

    [Fact]
    public async Task A_write_at_the_same_time_stands_and_a_removed_file_does_not_come_back()
    {
        await _world.PutAsync("a/text", Long('t'));
        await _world.PutAsync("a/gone", Long('g'));
        var meddling = new Meddling(_world.Contents);

        await CompressAsync(_world.NewInstance(through: meddling).Service);

        Assert.Equal(2, meddling.Count);
        Assert.Equal(Long('w'), await ReadAsync(_world, "a/text"));
        Assert.Equal(["a/text"], _world.Files);
        Assert.Equal(["a/text"], await CompressedAsync(_world));
    }

    [Fact]
    public async Task An_empty_directory_is_refused_and_leaves_no_job()
    {
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(() => CompressAsync(_world.Service))).Code);
        Assert.Empty(await _world.RegisteredAsync());
        await foreach (var row in _world.Records.QueryAsync("control", "jobs", KeyRange.Prefix("e|"), null, default)) Assert.Fail($"There is a row {row.Key}.");
    }

    [Fact]
    public async Task A_crash_at_any_step_loses_no_byte_and_another_instance_ends_the_work()
    {
        var died = 0;
        for (var step = 1; ; step++)
        {
            using var world = new DirectoryWorld();
            foreach (var name in new[] { "1", "2", "in/3" }) await world.PutAsync("a/" + name, Long(name[^1]));
            await world.RegisterAsync("a");
            var death = new Death(step);
            try
            {
                await CompressAsync(world.NewInstance(death).Service);
            }
            catch (InstanceDiedException)
            {
                died++;
            }

            foreach (var name in new[] { "1", "2", "in/3" }) Assert.Equal(Long(name[^1]), await ReadAsync(world, "a/" + name));
            if (!death.HasDied) break;
            world.Time.Advance(TimeSpan.FromMinutes(5));
            var survivor = world.NewInstance();
            await survivor.Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            // It died before the job was, or after its end.
            await CompressAsync(survivor.Service);
            Assert.Equal(["a/1", "a/2", "a/in/3"], await CompressedAsync(world));
            var directory = await world.GetAsync("a");
            Assert.Equal((await StoredAsync(world), 3, true), (directory.SizeBytes, directory.FileCount, directory.Compressed));
            foreach (var name in new[] { "1", "2", "in/3" }) Assert.Equal(Long(name[^1]), await ReadAsync(world, "a/" + name));
        }

        Assert.InRange(died, 20, 500);
    }

    [Fact]
    public async Task A_crash_of_a_compressing_import_at_any_step_is_ended_by_another_instance()
    {
        var died = 0;
        for (var step = 1; ; step += 5)
        {
            using var world = new DirectoryWorld();
            await world.PutAsync("a/before", Long('b'));
            await world.RegisterAsync("a");
            foreach (var name in new[] { "1", "2", "in/3" }) world.PutOrigin("folder/" + name, Long(name[^1]));
            var death = new Death(step);
            try
            {
                await ImportAsync(world.NewInstance(death).Service);
            }
            catch (InstanceDiedException)
            {
                died++;
            }

            Assert.Equal(Long('b'), await ReadAsync(world, "a/before"));
            if (!death.HasDied) break;
            world.Time.Advance(TimeSpan.FromMinutes(5));
            var survivor = world.NewInstance();
            await survivor.Jobs.ResumeAllAsync(TimeSpan.FromHours(1), default);
            await ImportAsync(survivor.Service);
            Assert.Equal(["a/1", "a/2", "a/before", "a/in/3"], await CompressedAsync(world));
            Assert.Equal((await StoredAsync(world), true), ((await world.GetAsync("a")).SizeBytes, (await world.GetAsync("a")).Compressed));
            foreach (var name in new[] { "1", "2", "in/3" }) Assert.Equal(Long(name[^1]), await ReadAsync(world, "a/" + name));
        }

        Assert.InRange(died, 5, 500);

        static Task ImportAsync(DirectoriesService service) =>
            service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), "/mnt/nas/folder", compress: true);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1_000_000)]
    public async Task Damaged_content_is_told_as_such(int plainBytes)
    {
        await _world.Contents.WriteCompressedAsync(
            ContentName.Directories, "a/text", new MemoryStream(new byte[1000]), null, () => plainBytes, null, default);

        var error = await Assert.ThrowsAsync<CacheException>(() => ReadAsync(_world, "a/text"));

        Assert.Equal(ErrorCode.StorageError, error.Code);
        Assert.Contains("'a/text' is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_takes_long_goes_on_as_a_job()
    {
        await _world.PutAsync("a/text", Long('t'));
        var gate = new Gate(_world.Contents);
        var instance = _world.NewInstance(through: gate);
        var registering = CompressAsync(instance.Service);
        await _world.UntilAsync(() => Task.FromResult(registering.IsCompleted), TimeSpan.FromSeconds(5));
        var pending = (await registering).Pending!;
        Assert.Equal(JobState.Running, pending.State);
        // Readable meanwhile, as it was.
        Assert.Equal(Long('t'), await ReadAsync(_world, "a/text"));

        gate.Open();

        await _world.UntilAsync(async () => (await instance.Jobs.GetAsync(Caller.Machine, pending.Id, default)).State == JobState.Succeeded);
        Assert.True((await _world.GetAsync("a")).Compressed);
        Assert.Equal(["a/text"], await CompressedAsync(_world));
    }

    private static string Long(char letter) => new(letter, 600_000);

    private static Task<RegisteredDirectory> CompressAsync(DirectoriesService service) =>
        service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"), compress: true);

    private static async Task<string> ReadAsync(DirectoryWorld world, string path, long offset = 0, long? length = null)
    {
        var file = DirectoryPath.OfFile(path);
        // Nothing is remembered by an instance that has just begun.
        var service = world.NewInstance().Service;
        using var reader = new StreamReader(await (await service.FindContentAsync(file)).OpenAsync(offset, length), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static async Task<List<ContentItem>> ItemsAsync(DirectoryWorld world)
    {
        var items = new List<ContentItem>();
        await foreach (var item in world.Contents.ListAsync(ContentName.Directories, "", default)) items.Add(item);
        return items;
    }

    private static async Task<IEnumerable<string>> CompressedAsync(DirectoryWorld world) =>
        (await ItemsAsync(world)).Where(item => item.PlainBytes is not null).Select(item => item.Name);

    private static async Task<IEnumerable<string>> VersionsAsync(DirectoryWorld world) => (await ItemsAsync(world)).Select(item => item.Version);

    private static async Task<long> StoredAsync(DirectoryWorld world) => (await ItemsAsync(world)).Sum(item => item.SizeBytes);

    /// <summary>Keeps back what is compressed until it is opened.</summary>
    private sealed class Gate(MemoryContentStore inner) : PassingContentStore(inner)
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.SetResult();

        public override async Task<ContentItem?> WriteCompressedAsync(
            string container,
            string name,
            Stream content,
            long? maxBytes,
            Func<long> plainBytes,
            ContentItem? replaces,
            CancellationToken cancellation)
        {
            await _open.Task;
            return await Inner.WriteCompressedAsync(container, name, content, maxBytes, plainBytes, replaces, cancellation);
        }
    }

    /// <summary>Just before a compressed form takes a file's place, the file is written anew, or removed.</summary>
    private sealed class Meddling(MemoryContentStore inner) : PassingContentStore(inner)
    {
        private readonly HashSet<string> _done = [];

        public int Count => _done.Count;

        public override async Task<ContentItem?> WriteCompressedAsync(
            string container,
            string name,
            Stream content,
            long? maxBytes,
            Func<long> plainBytes,
            ContentItem? replaces,
            CancellationToken cancellation)
        {
            bool isFirst;
            lock (_done) isFirst = _done.Add(name);
            if (isFirst && name == "a/gone") await Inner.DeleteAsync(container, name, cancellation);
            else if (isFirst) await Inner.WriteAsync(container, name, new MemoryStream(Encoding.UTF8.GetBytes(Long('w'))), null, cancellation);
            return await Inner.WriteCompressedAsync(container, name, content, maxBytes, plainBytes, replaces, cancellation);
        }
    }
}
