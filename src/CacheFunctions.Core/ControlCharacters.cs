namespace CacheFunctions;

/// <summary>The characters of Unicode's category Cc, as <see cref="char.IsControl(char)"/> tells them.</summary>
public static class ControlCharacters
{
    /// <summary>Whether a text has any; without allocation, many characters at a time.</summary>
    public static bool AreIn(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\u0000', '\u001F') || text.ContainsAnyInRange('\u007F', '\u009F');
}
