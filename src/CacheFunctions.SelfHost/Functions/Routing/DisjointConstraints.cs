using Microsoft.AspNetCore.Routing.Constraints;

namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>Recognises constraints that no one value can meet.</summary>
internal static class DisjointConstraints
{
    // The shortest form of a UUID is 32 digits. A longest is not given: numbers and UUIDs are read with spaces around them.
    private const int ShortestUuid = 32;

    public static bool Exclude(IReadOnlyCollection<IRouteConstraint> constraints)
    {
        constraints = [.. constraints.Select(constraint => constraint is OptionalRouteConstraint optional ? optional.InnerConstraint : constraint)];
        return NoLength(constraints) || NoNumber(constraints) || LettersAndNumber(constraints);
    }

    private static bool NoLength(IEnumerable<IRouteConstraint> constraints)
    {
        var lengths = constraints.Select(LengthOf).ToList();
        return lengths.Count > 0 && lengths.Max(length => length.Min) > lengths.Min(length => length.Max);
    }

    private static bool NoNumber(IEnumerable<IRouteConstraint> constraints)
    {
        var ranges = constraints.Select(RangeOf).ToList();
        return ranges.Count > 0 && ranges.Max(range => range.Min) > ranges.Min(range => range.Max);
    }

    private static bool LettersAndNumber(IReadOnlyCollection<IRouteConstraint> constraints) =>
        constraints.Any(constraint => constraint is AlphaRouteConstraint) && constraints.Any(IsInteger);

    private static bool IsInteger(IRouteConstraint constraint) =>
        constraint is IntRouteConstraint or LongRouteConstraint or MinRouteConstraint or MaxRouteConstraint or RangeRouteConstraint;

    private static (int Min, int Max) LengthOf(IRouteConstraint constraint) => constraint switch
    {
        MinLengthRouteConstraint c => (c.MinLength, int.MaxValue),
        MaxLengthRouteConstraint c => (0, c.MaxLength),
        LengthRouteConstraint c => (c.MinLength, c.MaxLength),
        GuidRouteConstraint => (ShortestUuid, int.MaxValue),
        _ => (0, int.MaxValue),
    };

    private static (long Min, long Max) RangeOf(IRouteConstraint constraint) => constraint switch
    {
        MinRouteConstraint c => (c.Min, long.MaxValue),
        MaxRouteConstraint c => (long.MinValue, c.Max),
        RangeRouteConstraint c => (c.Min, c.Max),
        IntRouteConstraint => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };
}
