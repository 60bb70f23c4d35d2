using System.Text.Json;

namespace CacheFunctions.Directories;

/// <summary>Which instances may have files of a directory open, and until when: as JSON in its row.</summary>
internal static class OpenBy
{
    /// <summary>With one more, and without those whose time is over.</summary>
    public static string With(string instance, DateTimeOffset until, string? before, DateTimeOffset now)
    {
        var all = Read(before);
        foreach (var over in all.Where(each => each.Value <= now).ToList()) all.Remove(over.Key);
        all[instance] = until;
        return JsonSerializer.Serialize(all);
    }

    public static bool IsAnyBut(string instance, string? text, DateTimeOffset now) =>
        Read(text).Any(each => each.Key != instance && each.Value > now);

    private static Dictionary<string, DateTimeOffset> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(text)!;
}
