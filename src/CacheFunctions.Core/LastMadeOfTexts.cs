namespace CacheFunctions;

/// <summary><see cref="LastMade{T,TMade}"/> of texts, compared by their characters. Long ones, which are rare, would take much memory, so they are never remembered.</summary>
/// <param name="make">Depends on nothing but the text. What it throws is not remembered.</param>
public sealed class LastMadeOfTexts<TMade>(Func<string, TMade> make) where TMade : class
{
    /// <summary>In characters.</summary>
    private const int Longest = 256;

    private readonly LastMade<string, TMade> _made = new(make, StringComparer.Ordinal);

    /// <summary>O(length).</summary>
    public TMade Of(string text) => text.Length <= Longest ? _made.Of(text) : make(text);
}
