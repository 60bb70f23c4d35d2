using System.Globalization;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Reads a function's argument from the route. A constraint in the route makes a misfit a 404 before it comes here.</summary>
internal static class RouteArgument
{
    /// <returns>Null: an optional part of the route is absent.</returns>
    public static string? Text(RouteValueDictionary route, string name) => route[name] as string;

    public static int Int32(RouteValueDictionary route, string name) =>
        int.TryParse(Text(route, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw CacheException.Invalid(name, "must be an integer");

    public static long Int64(RouteValueDictionary route, string name) =>
        long.TryParse(Text(route, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw CacheException.Invalid(name, "must be an integer");

    public static Guid Uuid(RouteValueDictionary route, string name) =>
        Guid.TryParse(Text(route, name), out var value) ? value : throw CacheException.Invalid(name, "must be a UUID");
}
