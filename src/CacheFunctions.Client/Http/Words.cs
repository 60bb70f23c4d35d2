using System.Collections.Frozen;
using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>An enum's values as the interface spells them. Value 0 stands for words of a newer service, and is never sent.</summary>
internal static class Words<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>()
        .ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(each => each.Value, each => each.Key);

    public static T Parse(string? word) => word is not null && Values.TryGetValue(word, out var value) ? value : default;

    /// <exception cref="ArgumentException">It is no word of the interface.</exception>
    public static string Of(T value) => !EqualityComparer<T>.Default.Equals(value, default) && Names.TryGetValue(value, out var word)
        ? word
        : throw new ArgumentException($"{typeof(T).Name}.{value} cannot be sent.");
}
