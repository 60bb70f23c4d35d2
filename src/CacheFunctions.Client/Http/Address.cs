using System.Globalization;
using System.Text;

namespace CacheFunctions.Client;

/// <summary>A call's address, relative to the service's.</summary>
internal static class Address
{
    /// <summary>One step of a path. Anything but nothing and the dots, which would lead to another call.</summary>
    /// <exception cref="ArgumentException">It is empty, <c>.</c> or <c>..</c>.</exception>
    public static string Step(string value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value is "" or "." or ".."
            ? throw new ArgumentException("It must not be empty, '.' or '..', nor have a part that is.", name)
            : Uri.EscapeDataString(value);
    }

    /// <summary>Several steps, with slashes between them; one at the beginning or the end does not count.</summary>
    /// <exception cref="ArgumentException">One of them is none.</exception>
    public static string Path(string value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return string.Join('/', value.Trim('/').Split('/').Select(step => Step(step, name)));
    }

    /// <summary>Those parameters that are said.</summary>
    public static string Query(params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
            if (Text(value) is { } text) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(text));
        return query.ToString();
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>An enum's word, for a parameter.</summary>
    public static string? Word<T>(T? value) where T : struct, Enum => value is { } said ? Words<T>.Of(said) : null;
}
