using Microsoft.AspNetCore.Routing.Template;

namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>Decides whether a path fits one function's route.</summary>
internal sealed class RouteMatcher
{
    private readonly TemplateMatcher _matcher;
    private readonly RouteConstraints _constraints;

    // For each segment its literal; null where anything may stand.
    private readonly string?[] _literals;
    private readonly int _fewest;
    private readonly int _most;

    public RouteMatcher(HttpFunction function)
    {
        Function = function;
        var segments = function.Template.Segments;
        var defaults = new RouteValueDictionary();
        foreach (var parameter in function.Template.Parameters.Where(parameter => parameter.DefaultValue is not null))
            defaults[parameter.Name!] = parameter.DefaultValue;

        _matcher = new TemplateMatcher(function.Template, defaults);
        _constraints = new RouteConstraints(function);
        _literals = [.. segments.Select(segment => segment.IsSimple && segment.Parts[0].IsLiteral ? segment.Parts[0].Text : null)];
        _fewest = segments.Count(segment => !MayBeAbsent(segment));
        _most = segments.Any(segment => segment.IsSimple && segment.Parts[0].IsCatchAll) ? int.MaxValue : segments.Count;
    }

    public HttpFunction Function { get; }

    /// <summary>Cheap and without allocation; a path that passes may still not match.</summary>
    /// <param name="path">Without the slash at its start and at its end.</param>
    public bool MayMatch(ReadOnlySpan<char> path)
    {
        var count = 0;
        while (path.Length > 0)
        {
            var end = path.IndexOf('/');
            var segment = end < 0 ? path : path[..end];
            if (count < _literals.Length && _literals[count] is { } literal && !segment.Equals(literal, StringComparison.OrdinalIgnoreCase)) return false;
            if (++count > _most) return false;
            path = end < 0 ? [] : path[(end + 1)..];
        }

        return count >= _fewest;
    }

    /// <returns>null: the path does not fit.</returns>
    public RouteValueDictionary? Match(string path)
    {
        var values = new RouteValueDictionary();
        // Not by the conversion from a text, which would decode it once more.
        return _matcher.TryMatch(new PathString(path), values) && _constraints.Accept(values) ? values : null;
    }

    private static bool MayBeAbsent(TemplateSegment segment) =>
        segment.IsSimple && segment.Parts[0] is { IsParameter: true } part && (part.IsOptional || part.IsCatchAll || part.DefaultValue is not null);
}
