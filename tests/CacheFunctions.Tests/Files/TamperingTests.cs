using System.Text;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Tests.Content;
using CacheFunctions.Tests.Content.Compression;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Files;

/// <summary>Whoever can write to the storage, but has no key: no altered byte is ever served, and no cut body ends as if it were whole.</summary>
public sealed class TamperingTests(ITestOutputHelper output)
{
    private const int Chunk = 65_552;
    private const int Magic = 16;
    private const int Tamperings = 1_500;

    private readonly FileWorld _world = new();

    [Fact]
    public async Task Nothing_that_was_tampered_with_is_served()
    {
        var random = new Random(20_261_121);
        var files = new List<(FileAddress Address, byte[] Plain)>
        {
            (FileWorld.App("empty"), []),
            (FileWorld.App("small"), PatternStream.Bytes(100)),
            (FileWorld.App("chunk"), PatternStream.Bytes(65_536)),
            (FileWorld.App("chunks"), PatternStream.Bytes(5 * 65_536)),
            (FileWorld.App("odd"), PatternStream.Bytes(5 * 65_536 + 77)),
            (FileWorld.Of("1", "words"), GzipFramesTests.Words(2_000_000)),
        };
        foreach (var (address, plain) in files) await _world.PutAsync(address, plain, compress: true);
        var stored = new Dictionary<FileAddress, (byte[] Bytes, IReadOnlyDictionary<string, string> Properties)>();
        foreach (var (address, _) in files)
            stored[address] = (_world.Store.Bytes(address.BlobName), (await _world.Store.FindAsync(address.BlobName, default))!.Properties);

        var (refusedAtOnce, refusedLater, kinds) = (0, 0, new SortedDictionary<string, int>());
        for (var i = 0; i < Tamperings; i++)
        {
            var (address, plain) = files[i % files.Count];
            var other = files[random.Next(files.Count)].Address;
            var (kind, bytes, properties) = Tamper(random, i, stored[address], stored[other]);
            if (bytes.AsSpan().SequenceEqual(stored[address].Bytes) && Same(properties, stored[address].Properties)) continue;
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            _world.Store.Put(address.BlobName, bytes, properties);
            if (await ReadAsync(address, plain, $"{kind} ({i})")) refusedAtOnce++;
            else refusedLater++;
            _world.Store.Put(address.BlobName, stored[address].Bytes, stored[address].Properties);
            if (i < 30) Assert.Equal(plain, await _world.ReadAsync(address));
        }

        output.WriteLine($"{refusedAtOnce} refused before a byte was served, {refusedLater} at the damage: {string.Join(", ", kinds)}");
        Assert.InRange(refusedAtOnce + refusedLater, 1_000, Tamperings);
        Assert.InRange(refusedLater, 50, Tamperings);
    }

    [Fact]
    public async Task A_file_that_was_stripped_of_its_envelope_is_not_taken_for_a_plain_one_in_any_part()
    {
        await _world.PutAsync(FileWorld.App(), GzipFramesTests.Words(1_000_000), compress: true);
        await _world.PutAsync(FileWorld.App("plain"), GzipFramesTests.Words(1_000_000), compress: true, encrypt: false);
        foreach (var address in new[] { FileWorld.App(), FileWorld.App("plain") })
        {
            _world.Store.Put(address.BlobName, _world.Store.Bytes(address.BlobName), new Dictionary<string, string>());
            foreach (var offset in new[] { 0, 1, 70_000 })
                await Assert.ThrowsAsync<FileDownloadError>(() => _world.ReadAsync(address, offset, 10));
        }
    }

    [Fact]
    public async Task A_damaged_file_can_be_replaced_listed_and_deleted()
    {
        await _world.PutAsync(FileWorld.App(), [1, 2, 3]);
        var bytes = _world.Store.Bytes(FileWorld.App().BlobName);
        _world.Store.Put(FileWorld.App().BlobName, [.. bytes, 0], (await _world.Store.FindAsync(FileWorld.App().BlobName, default))!.Properties);
        await Assert.ThrowsAsync<FileDownloadError>(() => _world.ReadAsync(FileWorld.App()));
        Assert.Single((await _world.Manager.ListFilesAsync(Caller.Machine, FileWorld.App().Space)).Files);
        await _world.PutAsync(FileWorld.App(), [4]);
        Assert.Equal([4], await _world.ReadAsync(FileWorld.App()));
    }

    /// <returns>Whether it was refused before the first byte.</returns>
    private async Task<bool> ReadAsync(FileAddress address, byte[] plain, string what)
    {
        var served = new List<byte>();
        try
        {
            var download = await _world.Manager.DownloadFileAsync(Caller.Machine, address);
            await using var stream = await download.OpenAsync();
            var buffer = new byte[9_973];
            for (int count; (count = await stream.ReadAsync(buffer)) > 0;) served.AddRange(buffer.AsSpan(0, count));
        }
        catch (FileDownloadError)
        {
            Assert.True(plain.AsSpan().StartsWith(served.ToArray()), $"{what}: altered bytes of '{address}' were served.");
            return served.Count == 0;
        }

        Assert.Fail($"{what}: '{address}' was served to its end, {served.Count} of {plain.Length} bytes.");
        return false;
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static (string Kind, byte[] Bytes, IReadOnlyDictionary<string, string> Properties) Tamper(
        Random random,
        int number,
        (byte[] Bytes, IReadOnlyDictionary<string, string> Properties) file,
        (byte[] Bytes, IReadOnlyDictionary<string, string> Properties) other)
    {
        var bytes = file.Bytes.ToArray();
        var properties = new Dictionary<string, string>(file.Properties);
        var chunks = Math.Max(1, (bytes.Length - Magic + Chunk - 1) / Chunk);
        var name = properties.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(properties.Count));
        switch (number / 6 % 14)
        {
            case 0 or 1:
                // What says that it is an encrypted one holds nothing that is served.
                if (bytes.Length > Magic) bytes[random.Next(Magic, bytes.Length)] ^= (byte)(1 << random.Next(8));
                return ("a flipped bit", bytes, properties);
            case 2:
                return ("swapped chunks", Joined(bytes, Swap(random, chunks)), properties);
            case 3:
                var repeated = Enumerable.Range(0, chunks).ToList();
                repeated.Insert(random.Next(chunks), random.Next(chunks));
                return ("a repeated chunk", Joined(bytes, repeated), properties);
            case 4:
                return ("a dropped chunk", Joined(bytes, [.. Enumerable.Range(0, chunks).Except([random.Next(chunks)])]), properties);
            case 5:
                return ("a chunk in place of another", Joined(bytes, [.. Enumerable.Range(0, chunks).Select(_ => random.Next(chunks))]), properties);
            case 6:
                return ("cut off", bytes[..random.Next(bytes.Length + 1)], properties);
            case 7:
                return ("lengthened", [.. bytes, .. PatternStream.Bytes(random.Next(1, 100))], properties);
            case 8:
                properties[name] = Flipped(random, properties[name]);
                return ("a changed property", bytes, properties);
            case 9:
                properties.Remove(name);
                return ("a property taken away", bytes, properties);
            case 10:
                return ("all properties taken away", bytes.Length > Magic ? bytes : [.. bytes, 1], new Dictionary<string, string>());
            case 11:
                return ("another file's content", other.Bytes, properties);
            case 12:
                properties[name] = other.Properties[name];
                return ("another file's property", bytes, properties);
            default:
                return ("another file altogether", other.Bytes, other.Properties);
        }
    }

    private static List<int> Swap(Random random, int chunks)
    {
        var order = Enumerable.Range(0, chunks).ToList();
        var (one, two) = (random.Next(chunks), random.Next(chunks));
        (order[one], order[two]) = (order[two], order[one]);
        return order;
    }

    private static byte[] Joined(byte[] bytes, IReadOnlyList<int> order)
    {
        var joined = new List<byte>(bytes.AsSpan(0, Math.Min(Magic, bytes.Length)).ToArray());
        foreach (var chunk in order)
        {
            var from = Math.Min(bytes.Length, Magic + chunk * Chunk);
            joined.AddRange(bytes.AsSpan(from, Math.Min(Chunk, bytes.Length - from)));
        }

        return [.. joined];
    }

    // Among letters of base64 that stand for other bits, in the header itself, and as noise.
    private static string Flipped(Random random, string value)
    {
        if (random.Next(4) == 0) return value[..random.Next(value.Length)];
        var text = new StringBuilder(value);
        var at = random.Next(Math.Max(1, value.Length - 4));
        text[at] = text[at] == 'A' ? 'B' : 'A';
        return text.ToString();
    }
}
