namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>The literals that every path of a route begins with; null: anything may stand there, or nothing.</summary>
internal sealed record RouteHead(string? First, string? Second)
{
    public string Text => Second is null ? First! : $"{First}/{Second}";

    /// <summary>Whether this one's route may have paths with a head. Without its second part, that stands for paths whose second segment is no route's literal.</summary>
    public bool MayBegin(RouteHead head) =>
        First is null || (First.Equals(head.First, StringComparison.OrdinalIgnoreCase)
            && (Second is null || Second.Equals(head.Second, StringComparison.OrdinalIgnoreCase)));
}
