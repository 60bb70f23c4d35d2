using System.Text.Json;

namespace CacheFunctions.Directories.Opened;

/// <summary>Which instances may have files of a directory open, and until when: as JSON in its row.</summary>
internal static class OpenBy
{
    /// <summary>With one more, or for longer, and without those whose time is over.</summary>
    public static string With(string instance, DateTimeOffset until, string? before, DateTimeOffset now)
    {
        var all = Read(before);
        foreach (var over in all.Where(each => each.Value <= now).ToList()) all.Remove(over.Key);
        if (!all.TryGetValue(instance, out var known) || known < until) all[instance] = until;
        return Write(all)!;
    }

    public static string? Without(string instance, string? before)
    {
        var all = Read(before);
        all.Remove(instance);
        return Write(all);
    }

    public static bool IsAnyBut(string instance, string? text, DateTimeOffset now) =>
        Read(text).Any(each => each.Key != instance && each.Value > now);

    private static Dictionary<string, DateTimeOffset> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(text)!;

    private static string? Write(Dictionary<string, DateTimeOffset> all) => all.Count == 0 ? null : JsonSerializer.Serialize(all);
}
