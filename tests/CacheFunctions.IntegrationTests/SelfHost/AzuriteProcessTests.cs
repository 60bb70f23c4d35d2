using System.Diagnostics;
using Azure.Storage.Blobs;
using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.IntegrationTests.SelfHost;

public sealed class AzuriteProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Data_when_azurite_is_ended_and_started_again_then_are_still_there()
    {
        await using (var azurite = await StartAsync()) await WriteAsync(azurite.ConnectionString);

        await using var again = await StartAsync();
        await AssertWrittenAsync(again.ConnectionString);
    }

    [Fact]
    public async Task Data_when_the_service_is_killed_then_azurite_flushes_them_and_exits()
    {
        using var holder = await AzuriteHolder.StartAsync(_directory.Path);
        using var azurite = Process.GetProcessById(holder.AzuriteProcessId);
        await WriteAsync(holder.ConnectionString);

        holder.Process.Kill();
        await azurite.WaitForExitAsync().WaitAsync(Patience);

        await using var again = await StartAsync();
        await AssertWrittenAsync(again.ConnectionString);
    }

    [Fact]
    public async Task Start_when_the_killed_service_s_azurite_is_still_flushing_then_waits_for_it()
    {
        using var holder = await AzuriteHolder.StartAsync(_directory.Path);
        await WriteAsync(holder.ConnectionString);

        holder.Process.Kill();
        await holder.Process.WaitForExitAsync();

        await using var again = await StartAsync();
        await AssertWrittenAsync(again.ConnectionString);
    }

    [SkippableFact]
    public async Task Signals_when_sent_to_the_whole_group_then_azurite_stays_until_the_service_has_ended()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals.");
        await using var azurite = await StartAsync();

        foreach (var signal in new[] { "INT", "TERM", "HUP" })
        {
            using var kill = Process.Start("kill", [$"-{signal}", azurite.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        await WriteAsync(azurite.ConnectionString);
        Assert.False(azurite.Exited.IsCompleted);
    }

    [Fact]
    public async Task Start_when_the_directory_is_in_use_then_refuses_and_names_the_ways_out()
    {
        await using var azurite = await StartAsync();

        var refused = await Assert.ThrowsAsync<CacheException>(StartAsync);

        Assert.Contains(_directory.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Local:DataDirectory", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_when_azurite_ends_at_once_then_shows_what_it_said_and_frees_the_directory()
    {
        await File.WriteAllTextAsync(_directory.Combine("azurite"), "a file where its folder should be");

        var failed = await Assert.ThrowsAsync<CacheException>(StartAsync);
        Assert.Contains("Exit due to unhandled error", failed.Message, StringComparison.Ordinal);

        File.Delete(_directory.Combine("azurite"));
        await (await StartAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Accounts_when_two_are_handed_out_then_each_is_empty()
    {
        var first = await StorageEmulator.NewAccountAsync();
        await WriteAsync(first);

        await WriteAsync(await StorageEmulator.NewAccountAsync());
        await AssertWrittenAsync(first);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<AzuriteProcess> StartAsync()
    {
        var installation = await new AzuriteInstaller(Console.Error.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        return await AzuriteProcess.StartAsync(installation, _directory.Path, TimeProvider.System, default);
    }

    private static async Task WriteAsync(string connectionString)
    {
        await new BlobContainerClient(connectionString, "container").CreateAsync();
        await new BlobClient(connectionString, "container", "b").UploadAsync(BinaryData.FromString("content"));
        await new RawTable(connectionString).CreateAsync("rows");
        await new RawTable(connectionString).InsertAsync("rows", "r", "kept");
    }

    private static async Task AssertWrittenAsync(string connectionString)
    {
        Assert.Equal("content", (await new BlobClient(connectionString, "container", "b").DownloadContentAsync()).Value.Content.ToString());
        Assert.Contains("kept", await new RawTable(connectionString).ReadAsync("rows", "r"), StringComparison.Ordinal);
    }
}
