using CacheFunctions.Tests.Origins;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Sessions.Disks;

/// <summary>An origin that may not be written, or is not there: nothing is lost, and the caller is told why.</summary>
public sealed class UnwritableOriginTests
{
    private static readonly byte[] Old = "one"u8.ToArray();
    private static readonly byte[] New = "two, and longer"u8.ToArray();

    [SkippableFact]
    public async Task A_share_that_turned_read_only_is_forbidden_until_it_may_be_written_again()
    {
        using var disk = new MountedDisk("size=1m");
        await using var service = await StartAsync("--Origins:nas:Path", disk.Folder);
        var origin = new DiskOrigin(disk.Folder, service);
        var address = await origin.OpenAndSaveAsync("a.txt", Old, New);
        disk.Remount("ro");
        var message = await origin.FailsAndKeepsBothAsync(address, "a.txt", Old, New, 403, "forbidden");
        Assert.Contains("'nas' is read-only", message, StringComparison.Ordinal);
        // What only reads goes on.
        Assert.Equal("one", await service.Http.GetStringAsync($"/api/sessions/{await service.OpenAsync("a.txt", "2")}/content"));

        disk.Remount("rw");
        await origin.SyncsAsync(address, "a.txt", New);
        Assert.Equal(["a.txt"], origin.Names);
    }

    [SkippableFact]
    public async Task A_folder_without_the_right_to_write_is_forbidden_until_it_is_given()
    {
        Skip.If(Environment.IsPrivilegedProcess, "This account may write everywhere, whatever the rights say.");
        using var folder = new TempDirectory();
        await using var service = await StartAsync("--Origins:nas:Path", folder.Path);
        var origin = new DiskOrigin(folder.Path, service);
        var address = await origin.OpenAndSaveAsync("a.txt", Old, New);
        Assert.Equal(0, OriginRoot.Run("chmod", "u-w", folder.Path));
        try
        {
            var message = await origin.FailsAndKeepsBothAsync(address, "a.txt", Old, New, 403, "forbidden");
            Assert.Contains("Check the rights", message, StringComparison.Ordinal);
        }
        finally
        {
            OriginRoot.Run("chmod", "u+w", folder.Path);
        }

        await origin.SyncsAsync(address, "a.txt", New);
    }

    [SkippableFact]
    public async Task A_file_that_may_not_be_replaced_is_forbidden_until_it_may()
    {
        using var folder = new TempDirectory();
        await using var service = await StartAsync("--Origins:nas:Path", folder.Path);
        var origin = new DiskOrigin(folder.Path, service);
        var address = await origin.OpenAndSaveAsync("a.txt", Old, New);
        Skip.If(OriginRoot.Run("chattr", "+i", origin.At("a.txt")) != 0, "This account, or this file system, cannot make a file immutable.");
        try
        {
            await origin.FailsAndKeepsBothAsync(address, "a.txt", Old, New, 403, "forbidden");
            Assert.Equal(["a.txt"], origin.Names);
        }
        finally
        {
            OriginRoot.Run("chattr", "-i", origin.At("a.txt"));
        }

        await origin.SyncsAsync(address, "a.txt", New);
    }

    [Fact]
    public async Task A_share_that_is_not_mounted_is_503_until_it_is_back()
    {
        using var parent = new TempDirectory();
        var share = Directory.CreateDirectory(parent.Combine("share")).FullName;
        await using var service = await StartAsync("--Origins:nas:Path", share);
        var origin = new DiskOrigin(share, service);
        var address = await origin.OpenAndSaveAsync("a.txt", Old, New);
        Directory.Move(share, parent.Combine("away"));

        Func<Task<HttpResponseMessage>>[] calls =
        [
            () => origin.SyncAsync(address),
            () => service.Http.PostAsync(address + "/sync", Json("""{"on_conflict": "overwrite"}""")),
            () => service.Http.PostAsync(address + "/sync", Json("""{"on_conflict": "keep_both"}""")),
            () => service.Http.DeleteAsync(address),
            () => service.Http.PostAsync("/api/sessions", Json("""{"user_id": 2, "file_path": "a.txt"}""")),
        ];
        foreach (var call in calls)
        {
            var error = await ErrorAsync(503, "unavailable", await call());
            Assert.Contains("Check that its share is mounted", error.GetProperty("error").GetString(), StringComparison.Ordinal);
            Assert.False(Directory.Exists(share));
        }

        await origin.IsDirtyAsync(address, New);
        Directory.Move(parent.Combine("away"), share);
        Assert.Equal(Old, await File.ReadAllBytesAsync(origin.At("a.txt")));
        await origin.SyncsAsync(address, "a.txt", New);
        Assert.Equal(["a.txt"], origin.Names);
    }

    [Fact]
    public async Task An_origin_that_is_set_read_only_is_read_and_never_written()
    {
        using var folder = new TempDirectory();
        await using var service = await StartAsync("--Origins:nas:Path", folder.Path, "--Origins:nas:ReadOnly", "true");
        var origin = new DiskOrigin(folder.Path, service);
        var address = await origin.OpenAndSaveAsync("a.txt", Old, New);
        var message = await origin.FailsAndKeepsBothAsync(address, "a.txt", Old, New, 403, "forbidden");
        Assert.Contains("'nas' is read-only", message, StringComparison.Ordinal);
        Assert.Contains("stays in the session", message, StringComparison.Ordinal);
        await ErrorAsync(403, "forbidden", await service.Http.DeleteAsync(address));
        Assert.Equal(["a.txt"], origin.Names);
    }
}
