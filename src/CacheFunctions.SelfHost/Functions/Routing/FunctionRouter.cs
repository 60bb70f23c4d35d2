namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>
/// Chooses the function of a request as the Functions host does: in the order of the functions' names, the first whose
/// template, constraints and verb fit. That a literal is more telling than a parameter plays no part.
/// </summary>
public sealed class FunctionRouter
{
    private readonly RouteMatcher[] _all;

    // Most requests ask for what was asked for before; to match a template costs more than all else that is done for them here.
    private readonly LastMadeOfTexts<RouteMatch[]> _found;

    public FunctionRouter(FunctionCatalog catalog)
    {
        _all = [.. catalog.Http.Select(function => new RouteMatcher(function))];
        _found = new LastMadeOfTexts<RouteMatch[]>(Match);
    }

    /// <param name="path">As in the request, decoded.</param>
    /// <returns>Null: no function fits.</returns>
    public RouteMatch? Find(string verb, string path)
    {
        foreach (var match in _found.Of(path))
            if (match.Function.Accepts(verb)) return match;
        return null;
    }

    /// <summary>The verbs that some function answers on this path, for a 405.</summary>
    public IReadOnlyList<string> VerbsOf(string path) =>
        [.. _found.Of(path)
            .SelectMany(match => match.Function.Methods ?? [])
            .Select(verb => verb.ToUpperInvariant())
            .Distinct()
            .Order(StringComparer.Ordinal)];

    private RouteMatch[] Match(string path)
    {
        var trimmed = Trim(path);
        var matches = new List<RouteMatch>();
        foreach (var matcher in _all)
            if (matcher.MayMatch(trimmed) && matcher.Match(path) is { } values) matches.Add(new RouteMatch(matcher.Function, values));
        return [.. matches];
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("/")) text = text[1..];
        return text.EndsWith("/") ? text[..^1] : text;
    }
}
