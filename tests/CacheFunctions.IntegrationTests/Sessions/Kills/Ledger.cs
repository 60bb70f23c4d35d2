using System.Collections.Concurrent;
using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>What clients sent and were told, and whether the origin fits to it.</summary>
internal sealed class Ledger(string folder)
{
    private readonly ConcurrentDictionary<(string File, Version Version), int> _sent = new();
    private readonly Dictionary<string, (DateTime, long)> _verified = [];
    private int _saves;
    private int _syncs;

    public int Saves => _saves;

    public int Syncs => _syncs;

    public string At(string file) => Path.Combine(folder, file);

    public byte[] Send(string file, Version version, int size)
    {
        _sent[(file, version)] = size;
        return KnownContent.Make(version, size);
    }

    public void Saved() => Interlocked.Increment(ref _saves);

    public void Synced() => Interlocked.Increment(ref _syncs);

    /// <summary>The version that these bytes of a file are: one whole one that was sent.</summary>
    public Version Recognise(string file, byte[] bytes)
    {
        var version = KnownContent.Recognise(bytes);
        Assert.True(version is not null, $"{file}: {bytes.Length} bytes are not one whole version");
        Assert.True(_sent.ContainsKey((file, version)), $"{file}: nobody sent {version}");
        return version;
    }

    public Version InOrigin(string file) => Recognise(FileOf(file), File.ReadAllBytes(At(file)));

    /// <summary>Every file of the origin, and every conflict copy, is one whole version that was sent.</summary>
    public void VerifyOrigin()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (IsTemporary(path)) continue;
            var info = new FileInfo(path);
            var state = (info.LastWriteTimeUtc, info.Length);
            if (_verified.TryGetValue(path, out var before) && before == state) continue;
            InOrigin(Path.GetRelativePath(folder, path));
            _verified[path] = state;
        }
    }

    /// <summary>What is left of temporary files: those made just before a kill, which hold nothing.</summary>
    public int EmptyLeftovers()
    {
        var left = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(IsTemporary).Select(path => new FileInfo(path)).ToList();
        Assert.All(left, file => Assert.True(file.Length == 0, $"{file.Name} holds {file.Length} bytes"));
        return left.Count;
    }

    private static bool IsTemporary(string path) => Path.GetFileName(path).StartsWith(".cachefunctions-", StringComparison.Ordinal);

    /// <summary>The file that a conflict copy is of.</summary>
    private static string FileOf(string file)
    {
        var conflict = file.IndexOf(" (conflict ", StringComparison.Ordinal);
        return conflict < 0 ? file : file[..conflict] + Path.GetExtension(file);
    }
}
