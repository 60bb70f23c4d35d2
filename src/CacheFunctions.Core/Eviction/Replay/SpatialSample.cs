namespace CacheFunctions.Eviction.Replay;

/// <summary>
/// Keeps a share of the keys, and of these every access, chosen by a hash: Carl A. Waldspurger, Nohhyun Park, Alexander
/// Garthwaite, Irfan Ahmad, "Efficient MRC Construction with SHARDS", FAST 2015. A cache of the same share of the size behaves
/// on the sample as the whole one does on the whole trace. Whoever samples at the same rate keeps the same keys.
/// </summary>
public readonly record struct SpatialSample
{
    private const int Bits = 24;

    private readonly ulong _below;

    /// <param name="rate">Above 0, up to 1; rounded up to a multiple of 2^-24.</param>
    public SpatialSample(double rate)
    {
        if (!(rate > 0 && rate <= 1)) throw new ArgumentOutOfRangeException(nameof(rate), "A rate is above 0 and at most 1.");
        _below = (ulong)Math.Ceiling(rate * (1 << Bits));
    }

    /// <summary>The share that is kept.</summary>
    public double Rate => _below / (double)(1 << Bits);

    public bool Keeps(ulong key)
    {
        // The finaliser of SplitMix64: neighbouring keys must not fall together.
        key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9;
        key = (key ^ key >> 27) * 0x94D049BB133111EB;
        return (key ^ key >> 31) >> 64 - Bits < _below;
    }
}
