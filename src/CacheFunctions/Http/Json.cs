using System.Text.Json;
using System.Text.Json.Serialization;
using CacheFunctions.Events;

namespace CacheFunctions.Http;

/// <summary>How this service reads JSON, and writes it, as events are written.</summary>
public static class Json
{
    public static JsonSerializerOptions Options { get; } = new(EventJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };
}
