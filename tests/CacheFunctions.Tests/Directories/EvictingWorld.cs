using System.Text.Json;
using CacheFunctions.Directories;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Directories;

/// <summary>A world whose quota is 1,000 bytes, and what tests of its evictions do there.</summary>
internal static class EvictingWorld
{
    public static DirectoryWorld World(string policy = "lru") => new(new() { MaxBytes = 1000, EvictionPolicy = policy });

    /// <summary>Directories "0", "1", … of 100 bytes, one each minute.</summary>
    public static async Task FillAsync(DirectoryWorld world, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await world.FillAsync($"{i}", new string('x', 100));
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public static async Task<Stream> OpenAsync(DirectoryInstance instance, string path)
    {
        var file = DirectoryPath.OfFile(path);
        return await (await instance.Service.FindContentAsync(file)).OpenAsync();
    }

    public static async Task<long> TotalAsync(DirectoryWorld world) => (await world.Service.StatisticsAsync(exact: true)).TotalBytes;

    /// <summary>Which directories are gone, the first first, once an eviction has reached the low watermark.</summary>
    public static async Task<List<string>> EvictedToLowMarkAsync(DirectoryWorld world)
    {
        await world.UntilAsync(async () => await TotalAsync(world) <= 800);
        return [.. (await EvictedAsync(world)).Select(operation => operation.FilePath)];
    }

    public static async Task<List<Operation>> EvictedAsync(DirectoryWorld world) => [..
        (await world.Service.OperationsAsync(Caller.Machine, logged => logged.Operation.Type == "directory_evicted", 500, null)).Operations
            .Select(logged => logged.Operation).OrderByDescending(operation => JsonDocument.Parse(operation.Metadata!).RootElement.GetProperty("use_before_bytes").GetInt64())];
}
