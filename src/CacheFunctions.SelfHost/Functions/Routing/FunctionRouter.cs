namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>
/// Chooses the function of a request as the Functions host does: in the order of the functions' names, the first whose
/// template, constraints and verb fit. That a literal is more telling than a parameter plays no part.
/// </summary>
public sealed class FunctionRouter
{
    private readonly Dictionary<string, RouteMatcher[]>.AlternateLookup<ReadOnlySpan<char>> _byFirstSegment;
    private readonly RouteMatcher[] _others;

    public FunctionRouter(FunctionCatalog catalog)
    {
        var all = catalog.Http.Select(function => new RouteMatcher(function)).ToList();
        _others = [.. all.Where(matcher => matcher.FirstLiteral is null)];

        // Each list also holds, in the order of names, the functions whose route may begin with anything.
        _byFirstSegment = all.Select(matcher => matcher.FirstLiteral).OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                literal => literal,
                literal => all.Where(matcher => matcher.FirstLiteral is not { } first || first.Equals(literal, StringComparison.OrdinalIgnoreCase)).ToArray(),
                StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="values">Filled when a function is found; else undefined.</param>
    /// <returns>Null: no function fits.</returns>
    public HttpFunction? Find(HttpContext context, RouteValueDictionary values)
    {
        var path = Trim(context.Request.Path);
        var verb = context.Request.Method;
        foreach (var matcher in Candidates(path))
            if (matcher.Function.Accepts(verb) && matcher.MayMatch(path) && matcher.TryMatch(context, values)) return matcher.Function;
        return null;
    }

    /// <summary>The verbs that some function answers on this path, for a 405.</summary>
    public IReadOnlyList<string> VerbsOf(HttpContext context)
    {
        var path = Trim(context.Request.Path).ToString();
        var values = new RouteValueDictionary();
        return [.. Candidates(path)
            .Where(matcher => matcher.Function.Methods is not null && matcher.MayMatch(path) && matcher.TryMatch(context, values))
            .SelectMany(matcher => matcher.Function.Methods!)
            .Select(verb => verb.ToUpperInvariant())
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private RouteMatcher[] Candidates(ReadOnlySpan<char> path)
    {
        var end = path.IndexOf('/');
        return _byFirstSegment.TryGetValue(end < 0 ? path : path[..end], out var found) ? found : _others;
    }

    private static ReadOnlySpan<char> Trim(PathString path)
    {
        var text = path.Value.AsSpan();
        if (text.StartsWith("/")) text = text[1..];
        return text.EndsWith("/") ? text[..^1] : text;
    }
}
