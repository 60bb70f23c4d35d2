namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>A function whose route fits a path.</summary>
/// <param name="Values">What stands for the route's parameters. Shared by all requests of the path, so nobody may change it.</param>
public sealed record RouteMatch(HttpFunction Function, RouteValueDictionary Values);
