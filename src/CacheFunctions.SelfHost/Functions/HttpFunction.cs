using System.Reflection;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>A function that answers HTTP requests.</summary>
/// <param name="Template">The whole route, the prefix of host.json included.</param>
/// <param name="Methods">Null: every verb.</param>
public sealed record HttpFunction(
    string Name, RouteTemplate Template, IReadOnlyList<string>? Methods, AuthorizationLevel Level, MethodInfo Method)
{
    /// <summary>HEAD and OPTIONS too only where they are listed, as under the Functions host.</summary>
    public bool Accepts(string verb)
    {
        if (Methods is null) return true;
        // By index: this runs for many functions of each request, and an enumerator would be allocated.
        for (var i = 0; i < Methods.Count; i++)
            if (Methods[i].Equals(verb, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
