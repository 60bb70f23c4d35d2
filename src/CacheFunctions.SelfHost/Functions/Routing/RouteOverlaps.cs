using Microsoft.AspNetCore.Routing.Template;

namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>
/// Finds functions that one request could fit both of. Under the Functions host the name would then decide, silently.
/// What cannot be excluded is reported.
/// </summary>
public static class RouteOverlaps
{
    /// <summary>O(n²) in the functions. The last function by name may be a bare catch-all: then it only gets what is left over.</summary>
    /// <returns>A line for each pair.</returns>
    public static IReadOnlyList<string> Find(FunctionCatalog catalog)
    {
        var routes = catalog.Http.Select(function => new Route(function)).ToList();
        if (routes.LastOrDefault() is { Segments: [{ IsSimple: true, Parts: [{ IsCatchAll: true }] }] } fallback
            && !fallback.Constraints.Of(fallback.Segments[0].Parts[0].Name!).Any())
        {
            routes.RemoveAt(routes.Count - 1);
        }

        return [.. from first in routes.Index()
                   from second in routes.Skip(first.Index + 1)
                   where ShareVerb(first.Item.Function, second.Function) && Meet(first.Item, 0, second, 0)
                   select $"{first.Item} and {second}"];
    }

    private static bool ShareVerb(HttpFunction a, HttpFunction b) =>
        a.Methods is null || b.Methods is null || a.Methods.Intersect(b.Methods, StringComparer.OrdinalIgnoreCase).Any();

    // Whether some path fits what follows segment i of a and segment j of b.
    private static bool Meet(Route a, int i, Route b, int j)
    {
        if (a.IsCatchAll(i)) return MeetCatchAll(a, i, b, j);
        if (b.IsCatchAll(j)) return MeetCatchAll(b, j, a, i);
        if (i == a.Segments.Count) return b.MayEnd(j);
        if (j == b.Segments.Count) return a.MayEnd(i);
        if (a.MayEnd(i) && b.MayEnd(j)) return true;
        return SegmentsMeet(a, i, b, j) && Meet(a, i + 1, b, j + 1);
    }

    private static bool MeetCatchAll(Route a, int i, Route b, int j)
    {
        var (aEnds, bEnds) = (a.MayEnd(i), b.MayEnd(j));
        if (aEnds && bEnds) return true;
        if (j == b.Segments.Count) return false;
        if (b.IsCatchAll(j)) return true;
        var rest = b.Segments.Skip(j).ToList();
        return !rest.All(IsLiteral) || a.Constraints.Accept(a.Segments[i].Parts[0].Name!, string.Join('/', rest.Select(Text)));
    }

    private static bool SegmentsMeet(Route a, int i, Route b, int j)
    {
        var (x, y) = (a.Segments[i], b.Segments[j]);
        if (!x.IsSimple || !y.IsSimple) return true;
        return (IsLiteral(x), IsLiteral(y)) switch
        {
            (true, true) => Text(x).Equals(Text(y), StringComparison.OrdinalIgnoreCase),
            (true, false) => b.Constraints.Accept(y.Parts[0].Name!, Text(x)),
            (false, true) => a.Constraints.Accept(x.Parts[0].Name!, Text(y)),
            _ => !DisjointConstraints.Exclude([.. a.Constraints.Of(x.Parts[0].Name!), .. b.Constraints.Of(y.Parts[0].Name!)]),
        };
    }

    private static bool IsLiteral(TemplateSegment segment) => segment.IsSimple && segment.Parts[0].IsLiteral;

    private static string Text(TemplateSegment segment) => segment.Parts[0].Text!;

    private sealed class Route(HttpFunction function)
    {
        public HttpFunction Function => function;

        public IList<TemplateSegment> Segments => function.Template.Segments;

        public RouteConstraints Constraints { get; } = new(function);

        public bool IsCatchAll(int i) => i < Segments.Count && Segments[i].IsSimple && Segments[i].Parts[0].IsCatchAll;

        /// <summary>Whether a path may end before segment i. A catch-all takes the empty rest if its constraints do.</summary>
        public bool MayEnd(int i) => Segments.Skip(i).All(segment => segment.IsSimple && segment.Parts[0] is { IsParameter: true } part
            && (part.IsOptional || part.DefaultValue is not null || (part.IsCatchAll && Constraints.Accept(part.Name!, ""))));

        public override string ToString() =>
            $"{function.Name} ({string.Join('|', function.Methods ?? ["any verb"])} {function.Template.TemplateText})";
    }
}
