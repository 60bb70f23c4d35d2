using CacheFunctions.Sessions;
using CacheFunctions.Tests.Origins;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Sessions.Disks;

/// <summary>An origin without room: nothing there changes, the work stays in its session, and the caller is told what to do.</summary>
public sealed class FullDiskTests
{
    private const int Kilobyte = 1 << 10;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_does_not_fit_is_refused_until_there_is_room_also_when_a_job_writes_it(bool isLarge)
    {
        using var disk = new MountedDisk("size=2m");
        await using var service = await StartAsync(
            services =>
            {
                if (isLarge) services.AddSingleton(new SessionSettings { LargeBytes = 900 * Kilobyte });
            },
            "--Origins:nas:Path", disk.Folder);
        var origin = new DiskOrigin(disk.Folder, service);
        byte[] old = Bytes(1, 600 * Kilobyte), saved = Bytes(2, 1000 * Kilobyte), ballast = Bytes(3, 700 * Kilobyte);
        var address = await origin.OpenAndSaveAsync("a.bin", old, saved);
        await File.WriteAllBytesAsync(origin.At("ballast"), ballast);
        var free = new DriveInfo(disk.Folder).AvailableFreeSpace;

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var message = await origin.FailsAndKeepsBothAsync(address, "a.bin", old, saved, 507, "quota_exceeded");
            Assert.Contains("full", message, StringComparison.Ordinal);
            Assert.Contains("Free space there", message, StringComparison.Ordinal);
            Assert.Equal(["a.bin", "ballast"], origin.Names);
            Assert.Equal(free, new DriveInfo(disk.Folder).AvailableFreeSpace);
        }

        // A version that fits is not held up by the one that did not.
        var small = Bytes(4, 300 * Kilobyte);
        await DataAsync(await service.Http.PutAsync(address + "/content", new ByteArrayContent(small)));
        await origin.SyncsAsync(address, "a.bin", small);
        await DataAsync(await service.Http.PutAsync(address + "/content", new ByteArrayContent(saved)));
        File.Delete(origin.At("ballast"));
        await origin.SyncsAsync(address, "a.bin", saved);
        Assert.Equal(["a.bin"], origin.Names);
    }

    [SkippableFact]
    public async Task When_several_fill_the_disk_at_once_each_is_written_whole_or_not_at_all()
    {
        using var disk = new MountedDisk("size=4m");
        await using var service = await StartAsync("--Origins:nas:Path", disk.Folder);
        var origin = new DiskOrigin(disk.Folder, service);
        var files = Enumerable.Range(0, 6).Select(i => (Name: $"{i}.bin", Old: Bytes(10 + i, 100 * Kilobyte), New: Bytes(20 + i, 1000 * Kilobyte))).ToList();
        var addresses = new List<string>();
        foreach (var (name, old, saved) in files) addresses.Add(await origin.OpenAndSaveAsync(name, old, saved));

        var waiting = Enumerable.Range(0, files.Count).ToList();
        var refused = 0;
        async Task<int> SyncTogetherAsync(params int[] indexes)
        {
            var written = 0;
            foreach (var (i, answer) in await Task.WhenAll(indexes.Select(async i => (Index: i, Answer: await origin.SyncAsync(addresses[i])))))
            {
                var (name, old, saved) = files[i];
                var content = await File.ReadAllBytesAsync(origin.At(name));
                if (answer.IsSuccessStatusCode)
                {
                    Assert.Equal(saved, content);
                    waiting.Remove(i);
                    written++;
                    continue;
                }

                refused++;
                await ErrorAsync(507, "quota_exceeded", answer);
                Assert.Equal(old, content);
                await origin.IsDirtyAsync(addresses[i], saved);
            }

            Assert.Equal(files.Select(file => file.Name), origin.Names);
            return written;
        }

        // What was refused while the others' temporary files took the room may fit when they are gone; all of them may
        // have stood in each other's way, so that those who are left are tried one by one.
        while (waiting.Count > 0 && await SyncTogetherAsync([.. waiting]) > 0)
        {
        }

        foreach (var i in waiting.ToList()) await SyncTogetherAsync(i);
        Assert.True(refused > 0);
        Assert.Equal(3, waiting.Count); // Three new ones beside three old ones leave 796 KiB of 4 MiB.

        foreach (var file in files.Where((_, i) => !waiting.Contains(i))) File.Delete(origin.At(file.Name));
        foreach (var i in waiting) await origin.SyncsAsync(addresses[i], files[i].Name, files[i].New);
    }

    [SkippableFact]
    public async Task A_conflict_copy_that_does_not_fit_leaves_both_versions_where_they_are()
    {
        using var disk = new MountedDisk("size=1m");
        await using var service = await StartAsync("--Origins:nas:Path", disk.Folder);
        var origin = new DiskOrigin(disk.Folder, service);
        byte[] theirs = Bytes(2, 600 * Kilobyte), saved = Bytes(3, 700 * Kilobyte);
        var address = await origin.OpenAndSaveAsync("a.bin", Bytes(1, 10), saved);
        await File.WriteAllBytesAsync(origin.At("a.bin"), theirs);

        await ErrorAsync(507, "quota_exceeded", await service.Http.PostAsync(address + "/sync", Json("""{"on_conflict": "keep_both"}""")));
        Assert.Equal(theirs, await File.ReadAllBytesAsync(origin.At("a.bin")));
        Assert.Equal(["a.bin"], origin.Names);
        await origin.IsDirtyAsync(address, saved);
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
