namespace CacheFunctions.Client;

/// <summary>Under what the accesses of the last days are replayed.</summary>
public sealed record SimulationRequest
{
    /// <summary>1 to 14 (7).</summary>
    public int? Days { get; init; }

    /// <summary>null: all.</summary>
    public IReadOnlyList<string>? Policies { get; init; }

    /// <summary>The quota, 1 MiB to 1 PiB; null: as it is.</summary>
    public long? MaxBytes { get; init; }
}

/// <param name="SampleRate">From 0 to 1: how much of the keys was replayed.</param>
public sealed record SimulationReport(int Days, double SampleRate, long Accesses, IReadOnlyList<SimulatedPolicy> Results);

/// <param name="HitRatio">From 0 to 1, of the files that were asked for.</param>
/// <param name="ByteHitRatio">From 0 to 1, of their bytes.</param>
public sealed record SimulatedPolicy(string Policy, long MaxBytes, double HitRatio, double ByteHitRatio, long Evictions);
