using System.Text.Json;

namespace CacheFunctions.Directories.Simulating;

/// <summary>What the directory cache would have done under other policies or with another quota.</summary>
/// <param name="SampleRate">Which share of the directories was replayed, in a cache of the same share of the quota; 1: all.</param>
/// <param name="Accesses">How many were recorded in these days, of all directories.</param>
public sealed record SimulationReport(int Days, double SampleRate, long Accesses, IReadOnlyList<SimulatedPolicy> Results)
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Write() => JsonSerializer.Serialize(this, Snake);

    public static SimulationReport Read(string text) => JsonSerializer.Deserialize<SimulationReport>(text, Snake)!;
}

/// <param name="HitRatio">From 0 to 1, of the files that were asked for.</param>
/// <param name="ByteHitRatio">The same of their bytes; a file that was not there counts with none.</param>
/// <param name="Evictions">Of directories; of a sample an estimate.</param>
public sealed record SimulatedPolicy(string Policy, long MaxBytes, double HitRatio, double ByteHitRatio, long Evictions);
