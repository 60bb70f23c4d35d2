namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>
/// Chooses the function of a request as the Functions host does: in the order of the functions' names, the first whose
/// template, constraints and verb fit. That a literal is more telling than a parameter plays no part.
/// </summary>
public sealed class FunctionRouter
{
    // By the path's first two segments, where some route has such literals: few functions of many are looked at.
    private readonly Dictionary<string, RouteMatcher[]>.AlternateLookup<ReadOnlySpan<char>> _byHead;
    private readonly RouteMatcher[] _others;

    public FunctionRouter(FunctionCatalog catalog)
    {
        var all = catalog.Http.Select(function => new RouteMatcher(function)).ToList();
        _others = [.. all.Where(matcher => matcher.Head.First is null)];

        // Each list is in the order of names, and also holds the functions whose route may begin with anything, or go on so.
        _byHead = all.Select(matcher => matcher.Head).Where(head => head.First is not null)
            .SelectMany(head => new[] { head, head with { Second = null } })
            .DistinctBy(head => head.Text, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(head => head.Text, head => all.Where(matcher => matcher.Head.MayBegin(head)).ToArray(), StringComparer.OrdinalIgnoreCase)
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
        if (end < 0) return _byHead.TryGetValue(path, out var lone) ? lone : _others;
        var next = path[(end + 1)..].IndexOf('/');
        if (_byHead.TryGetValue(next < 0 ? path : path[..(end + 1 + next)], out var found)) return found;
        return _byHead.TryGetValue(path[..end], out found) ? found : _others;
    }

    private static ReadOnlySpan<char> Trim(PathString path)
    {
        var text = path.Value.AsSpan();
        if (text.StartsWith("/")) text = text[1..];
        return text.EndsWith("/") ? text[..^1] : text;
    }
}
