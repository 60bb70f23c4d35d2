using System.Globalization;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Storage;

namespace CacheFunctions.Benchmarks.Catalogue;

/// <summary>
/// A media server's catalogue: series and films with paths of about 80 bytes, one in twenty not all ASCII; 500 users, of
/// whom few have most; one file in seven cached for several; two years of days. The same for the same count.
/// </summary>
internal static class GeneratedFiles
{
    private static readonly string[] Words =
        ["Silent", "Harbour", "Northern", "Lights", "Return", "of", "the", "Last", "Garden", "Winter", "River", "Crown", "Shadow", "Echoes", "Glass", "Stone"];

    private static readonly string[] OtherWords = ["Città", "Überfahrt", "Ёлка", "東京", "café", "Señor"];

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes them as snapshots, as the timer does.</summary>
    public static async Task WriteAsync(int count, string folder)
    {
        var users = new UserSets();
        var shards = Enumerable.Range(0, Shard.DefaultCount).Select(_ => new ShardColumns()).ToList();
        var random = new Random(count);
        for (var number = 0; number < count; number++)
        {
            var file = File(number, random);
            shards[file.Id.Shard(shards.Count)].Put(file, users.Of(file.Users));
        }

        var snapshots = new SnapshotStore(new EmptyRecordStore(), new FolderContentStore(folder), "catalogue", users);
        for (var shard = 0; shard < shards.Count; shard++) await snapshots.WriteAsync(shard, new LoadedShard(shards[shard], 1, 1), default);
    }

    private static CatalogueEntry File(int number, Random random)
    {
        var title = string.Join(' ', Enumerable.Range(0, 3).Select(_ => Word(random)));
        var path = number % 3 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"/mnt/nas/media/movies/{title} ({1950 + number % 75})/{title} {number} 1080p.mkv")
            : string.Create(CultureInfo.InvariantCulture, $"/mnt/nas/media/series/{title}/Season {number % 9}/{title} S{number % 9:00}E{number % 24:00} {number}.mkv");
        var several = random.Next(7) == 0 ? 2 + random.Next(3) : 1;
        var users = Enumerable.Range(0, several).Select(_ => User(random)).Distinct().ToList();
        var cachedAt = Start.AddSeconds(random.NextInt64(2 * 365 * 86_400L));
        var status = random.Next(100) switch { < 90 => FileStatus.Active, < 92 => FileStatus.Orphaned, < 93 => FileStatus.PendingRemoval, _ => FileStatus.Removed };
        return new CatalogueEntry(
            CachedFileId.Of(path), path, path, CacheMethod.AtomicCopy, 1_000_000L * random.Next(1, 8_000), cachedAt,
            random.Next(3) == 0 ? null : cachedAt.AddHours(random.Next(2_000)), random.Next(3) == 0 ? 0 : random.Next(200),
            (CacheTrigger)random.Next(7), users[0], users, status, random.Next(50) == 0);
    }

    private static string Word(Random random) => random.Next(60) == 0 ? OtherWords[random.Next(OtherWords.Length)] : Words[random.Next(Words.Length)];

    private static string User(Random random) => "user" + ((int)(500 * Math.Pow(random.NextDouble(), 3))).ToString(CultureInfo.InvariantCulture);
}
