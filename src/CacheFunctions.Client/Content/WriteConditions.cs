using System.Globalization;

namespace CacheFunctions.Client;

/// <summary>
/// On what condition a write counts; else it is refused with 412 and changes nothing. A write under an entity tag is not sent again after a
/// broken connection, since the second try could be refused for what the first one did.
/// </summary>
public sealed record WriteConditions
{
    /// <summary>The version that is known, as an entity tag in quotes.</summary>
    public string? IfMatch { get; init; }

    /// <summary>That of the lock under which it is written.</summary>
    public long? Fence { get; init; }

    internal (string Name, string? Value)[] Headers => [("If-Match", IfMatch), FenceHeader(Fence)];

    internal static (string Name, string? Value) FenceHeader(long? fence) => ("X-Fence", fence?.ToString(CultureInfo.InvariantCulture));
}
