using CacheFunctions.Security;

namespace CacheFunctions.Tests.Simulation;

/// <summary>The same ids whenever the seed is the same; drawn apart from everything else that is left to chance.</summary>
internal sealed class SeededIds(int seed) : RandomIds
{
    private readonly Random _random = new(~seed);

    public override string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
