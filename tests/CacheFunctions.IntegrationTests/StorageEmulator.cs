using System.Security.Cryptography;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.IntegrationTests;

/// <summary>One Azurite for a whole test run; each test that asks gets an empty storage account of its own.</summary>
public static class StorageEmulator
{
    private const int Accounts = 400;
    private const string Prefix = "cachefunctions-emulator-";

    private static readonly AzuriteAccount[] All =
        [.. Enumerable.Range(1, Accounts).Select(i => new AzuriteAccount($"t{i:000}", Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))))];

    private static readonly Lazy<Task<AzuriteProcess>> Shared = new(StartAsync);
    private static int _used;

    /// <returns>The connection string of an account that nobody else has used.</returns>
    public static async Task<string> NewAccountAsync()
    {
        var azurite = await Shared.Value;
        return azurite.ConnectionStringOf(All[Interlocked.Increment(ref _used) - 1]);
    }

    private static async Task<AzuriteProcess> StartAsync()
    {
        var installation = await new AzuriteInstaller(Console.Error.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        RemoveLeftovers();
        var directory = Directory.CreateTempSubdirectory(Prefix);
        var azurite = await AzuriteProcess.StartAsync(installation, directory.FullName, TimeProvider.System, default, All, isForgotten: true);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            azurite.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(15));
            directory.Delete(recursive: true);
        };
        return azurite;
    }

    /// <summary>A test runner may be ended before it has removed its folder; the next run does it. One in use is locked.</summary>
    private static void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            // A younger one may belong to a run that has not locked it yet.
            if (Directory.GetCreationTimeUtc(folder) > TimeProvider.System.GetUtcNow().AddHours(-1)) continue;
            if (FileLock.TryTake(Path.Combine(folder, ".lock")) is not { } unused) continue;
            using (unused) Directory.Delete(folder, recursive: true);
        }
    }
}
