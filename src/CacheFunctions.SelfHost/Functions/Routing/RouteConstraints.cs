using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Options;

namespace CacheFunctions.SelfHost.Functions.Routing;

/// <summary>The inline constraints of a template, such as guid and minlength(1): those that ASP.NET Core and the Functions host know.</summary>
internal sealed class RouteConstraints
{
    private static readonly DefaultInlineConstraintResolver Resolver = MakeResolver();

    private readonly KeyValuePair<string, IRouteConstraint>[] _all;

    public RouteConstraints(HttpFunction function) =>
        _all = [.. from parameter in function.Template.Parameters
                   from constraint in parameter.InlineConstraints
                   select KeyValuePair.Create(parameter.Name!, Resolve(function, parameter, constraint.Constraint))];

    public bool Accept(RouteValueDictionary values)
    {
        foreach (var (name, constraint) in _all)
            if (!constraint.Match(null, null, name, values, RouteDirection.IncomingRequest)) return false;
        return true;
    }

    public bool Accept(string parameter, string value) =>
        Of(parameter).All(constraint => constraint.Match(
            null, null, parameter, new RouteValueDictionary { [parameter] = value }, RouteDirection.IncomingRequest));

    public IEnumerable<IRouteConstraint> Of(string parameter) => _all.Where(pair => pair.Key == parameter).Select(pair => pair.Value);

    private static IRouteConstraint Resolve(HttpFunction function, TemplatePart parameter, string text)
    {
        IRouteConstraint? constraint;
        try
        {
            constraint = Resolver.ResolveConstraint(text);
        }
        catch (Exception e) when (e is RouteCreationException or ArgumentException)
        {
            throw FunctionDefinition.Refused(function.Name, function.Method, $"the constraint '{text}' in its route cannot be read: {e.Message}");
        }

        if (constraint is null)
            throw FunctionDefinition.Refused(function.Name, function.Method, $"the constraint '{text}' in its route is unknown");
        return parameter.IsOptional ? new OptionalRouteConstraint(constraint) : constraint;
    }

    private static DefaultInlineConstraintResolver MakeResolver()
    {
        var options = new RouteOptions();
        // ASP.NET Core adds this one only with its whole routing.
        options.SetParameterPolicy<RegexInlineRouteConstraint>("regex");
        return new DefaultInlineConstraintResolver(Options.Create(options), new ServiceCollection().BuildServiceProvider());
    }
}
