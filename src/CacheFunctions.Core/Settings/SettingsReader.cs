using System.Globalization;
using CacheFunctions.Errors;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Settings;

/// <summary>Reads settings by type and range. A wrong one stops the start with its name, what is wrong, and what is allowed.</summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    public string? Text(string name)
    {
        var value = configuration[name];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    /// <summary>What stands directly under a section.</summary>
    public IEnumerable<string> Names(string section) => configuration.GetSection(section).GetChildren().Select(child => child.Key);

    public string RequiredText(string name) => Text(name) ?? throw Wrong(name, "is missing.");

    public int Number(string name, int otherwise, int min, int max)
    {
        if (Text(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Wrong(name, $"is '{text}'; it must be a whole number from {min} to {max}.");
    }

    public long Number(string name, long otherwise, long min = 0, long max = long.MaxValue)
    {
        if (Text(name) is not { } text) return otherwise;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        throw Wrong(name, $"is '{text}'; it must be a whole number{(max == long.MaxValue ? $", {min} or more" : $" from {min} to {max}")}.");
    }

    public double Fraction(string name, double otherwise, double min, double max)
    {
        if (Text(name) is not { } text) return otherwise;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; it must be a number from {min} to {max}."));
    }

    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan min, TimeSpan max)
    {
        if (Text(name) is not { } text) return otherwise;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(name, $"is '{text}'; it must be a time span as 00:01:00, from {min:c} to {max:c}.");
    }

    public bool Flag(string name, bool otherwise) => Text(name)?.ToUpperInvariant() switch
    {
        null => otherwise,
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        var other => throw Wrong(name, $"is '{other}'; it must be true or false."),
    };

    /// <param name="allowed">In lower case; the setting may have any.</param>
    public string Choice(string name, string otherwise, IReadOnlyCollection<string> allowed)
    {
        if (Text(name) is not { } text) return otherwise;
        return allowed.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw Wrong(name, $"is '{text}'; it must be one of {string.Join(", ", allowed)}.");
    }

    public Uri? Address(string name)
    {
        if (Text(name) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? address
            : throw Wrong(name, $"is '{text}'; it must be an absolute http or https address.");
    }

    public static CacheException Wrong(string name, string problem) =>
        new(ErrorCode.InvalidArgument, $"The setting {name} {problem}");

    /// <summary>Refuses settings of a section that are not known, since a misspelt one would silently do nothing.</summary>
    public void RequireKnown(string section, params string[] known)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw Wrong($"{section}:{child.Key}", $"is not known; known are {string.Join(", ", known)}.");
        }
    }
}
