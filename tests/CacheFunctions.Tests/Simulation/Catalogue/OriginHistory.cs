using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Simulation.Sessions;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>What every file of the NAS has been, and when.</summary>
internal sealed class OriginHistory
{
    private readonly Dictionary<string, List<(DateTimeOffset From, byte[]? Bytes)>> _versions = new(StringComparer.Ordinal);

    public OriginHistory(TimeProvider time, MemoryDisk disk) => disk.OnChange = change =>
    {
        if (!_versions.TryGetValue(change.Path, out var versions)) _versions[change.Path] = versions = [(DateTimeOffset.MinValue, null)];
        versions.Add((time.GetUtcNow(), change.After));
    };

    public string Of(string path) => string.Join(", ", _versions.GetValueOrDefault(path, []).Select(version => $"{version.From:HH:mm:ss} {Text.Of(version.Bytes)}"));

    /// <summary>Whether a file was this at some instant since then.</summary>
    /// <param name="bytes">null: it was not there.</param>
    public bool Was(string path, byte[]? bytes, DateTimeOffset since)
    {
        if (!_versions.TryGetValue(path, out var versions)) return bytes is null;
        for (var i = 0; i < versions.Count; i++)
        {
            var until = i + 1 < versions.Count ? versions[i + 1].From : DateTimeOffset.MaxValue;
            if (until >= since && (bytes is null ? versions[i].Bytes is null : versions[i].Bytes?.AsSpan().SequenceEqual(bytes) == true)) return true;
        }

        return false;
    }
}
