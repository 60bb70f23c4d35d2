using System.Reflection;
using System.Text.Json;
using CacheFunctions.Http;
using CacheFunctions.SelfHost.Functions;

namespace CacheFunctions.IntegrationTests.BadInput;

internal enum Place
{
    Route,
    Query,
    Header,
    Field,
}

/// <summary>One value of a request that a hazard can take the place of.</summary>
/// <param name="Type">Of a body field; else text.</param>
/// <param name="MayBeNumber">Whether a body field of text also takes a number.</param>
internal sealed record Position(Place Place, string Name, Sample Sample, Type Type, bool MayBeNumber = false);

/// <summary>One verb of one function, with everything that it takes, as its own attributes tell it.</summary>
internal sealed record Endpoint(HttpFunction Function, string Verb, AcceptsAttribute Accepts)
{
    /// <summary>All there are: who adds a function has added it here.</summary>
    public static IReadOnlyList<Endpoint> All { get; } =
    [
        .. from function in FunctionCatalog.Of(FunctionClasses.All, "").Http
           from verb in function.Methods ?? ["get", "post", "put", "delete"]
           select new Endpoint(function, verb.ToUpperInvariant(), AcceptsAttribute.Of(function.Method)),
    ];

    public string Name => $"{Verb} /{Function.Template.TemplateText}";

    /// <summary>As the description of the interface calls it.</summary>
    public string Described => $"{Verb} /{string.Join('/', Function.Template.Segments.Select(
        segment => string.Concat(segment.Parts.Select(part => part.IsParameter ? $"{{{Snake(part.Name!)}}}" : part.Text))))}";

    public Scene Scene => Function.Template.TemplateText! switch
    {
        var route when route.StartsWith("cache/", StringComparison.Ordinal) => Scene.Directories,
        var route when route.StartsWith("api/cached", StringComparison.Ordinal) => Scene.CachedFiles,
        var route when route.StartsWith("api/sessions", StringComparison.Ordinal) || route.StartsWith("api/locks", StringComparison.Ordinal) => Scene.Sessions,
        var route when route.StartsWith("api/uploads", StringComparison.Ordinal) => Scene.Sessions,
        _ => Scene.Files,
    };

    /// <summary>Reading through the cache fills it.</summary>
    public bool OnlyReads => IsRead && Function.Name != "ReadThroughCache";

    /// <summary>Whether it takes as long as there are files: best asked before others have made many.</summary>
    public bool GoesOverAll => Function.Template.TemplateText is "api/cached/verify" or "api/cached/cleanup" or "api/cached/purge";

    private bool IsRead => Verb is "GET" or "HEAD" or "OPTIONS";

    public bool HasBody => Accepts.Body is not null || Accepts.Content;

    public IReadOnlyList<Position> Positions() =>
    [
        .. Function.Template.Parameters.Select(parameter => Of(Place.Route, Snake(parameter.Name!))),
        .. Accepts.Query.Select(name => Of(Place.Query, name)),
        .. Accepts.Headers.Select(name => Of(Place.Header, name)),
        .. Verb == "POST" ? [Of(Place.Header, "Idempotency-Key")] : Array.Empty<Position>(),
        .. Accepts.Body?.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(OfField) ?? [],
    ];

    /// <summary>A request that is right in everything.</summary>
    public Draft Draft(Stage stage)
    {
        var draft = new Draft(Verb, Function.Template);
        foreach (var position in Positions())
            if (position.Sample.Value is { } value) draft.Put(position, value(stage));
        if (Accepts.Body is not null) draft.ContentType = "application/json";
        if (Accepts.Content) draft.Body = Stage.Content;
        return draft;
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private Position OfField(PropertyInfo property) => Of(Place.Field, Snake(property.Name)) with
    {
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
        MayBeNumber = property.IsDefined(typeof(System.Text.Json.Serialization.JsonConverterAttribute)),
    };

    private Position Of(Place place, string name)
    {
        var sample = Samples.Of(name, Name);
        // A read that is asked for under a condition that nobody understands harms nobody; and only GET knows ranges.
        if ((IsRead && sample.Kind == Kind.EntityTags) || (Verb != "GET" && sample.Kind == Kind.Range)) sample = sample with { Kind = Kind.Lenient };
        return new Position(place, name, sample, typeof(string));
    }
}
