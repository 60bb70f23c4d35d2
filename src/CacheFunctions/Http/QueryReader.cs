using System.Globalization;
using System.Text.Json;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace CacheFunctions.Http;

/// <summary>Reads query parameters by type and range. A parameter that the endpoint does not know is refused.</summary>
public sealed class QueryReader
{
    // As long as the longest path; nothing that is asked for is longer.
    private const int MaxLength = 2048;

    // The day alone, or with a time of day to the minute or finer. Without an offset it is UTC.
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    private readonly string[] _known;
    private readonly string?[] _values;

    /// <param name="known">The names that the endpoint knows.</param>
    public QueryReader(QueryString query, string[] known)
    {
        (_known, _values) = (known, known.Length == 0 ? [] : new string?[known.Length]);
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            var written = pair.DecodeName().Span;
            // The platform's own: the function key, and names that proxies add.
            if (written is "code" || written.StartsWith('_')) continue;
            var place = PlaceOf(written);
            var name = place < 0 ? written.ToString() : known[place];
            if (place < 0) throw CacheException.Invalid(name, Unknown(name, known));
            if (_values[place] is not null) throw CacheException.Invalid(name, "is given more than once.");
            var value = _values[place] = pair.DecodeValue().ToString();
            if (value.Length > MaxLength) throw CacheException.Invalid(name, $"is longer than {MaxLength} characters.");
            if (ControlCharacters.AreIn(value)) throw CacheException.Invalid(name, "must not hold control characters.");
        }
    }

    public string? Text(string name)
    {
        var place = PlaceOf(name);
        return place < 0 || string.IsNullOrEmpty(_values[place]) ? null : _values[place];
    }

    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        throw CacheException.Invalid(name, $"must be a whole number from {min} to {max}.");
    }

    public int Number(string name, int otherwise, int min, int max) => (int)(Number(name, min, max) ?? otherwise);

    public bool Flag(string name, bool otherwise) => Text(name) switch
    {
        null => otherwise,
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw CacheException.Invalid(name, "must be true or false."),
    };

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw CacheException.Invalid(name, "must be a time as 2026-01-31T09:05:00Z.");
    }

    public T? Choice<T>(string name) where T : struct, Enum =>
        Text(name) is { } text ? Choices.Parse<T>(name, text) : null;

    private int PlaceOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < _known.Length; i++)
            if (name.SequenceEqual(_known[i])) return i;
        return -1;
    }

    private static string Unknown(string name, string[] known)
    {
        if (known.Length == 0) return "is not known here; this call takes no query parameters.";
        var near = known.OrderBy(candidate => Spelling.Distance(name, candidate)).First();
        return Spelling.Distance(name, near) <= Math.Max(2, near.Length / 3)
            ? $"is not known here; '{near}' was probably meant."
            : $"is not known here; known are {string.Join(", ", known)}.";
    }
}

/// <summary>Words of an enumeration as the interface spells them, in snake_case.</summary>
public static class Choices
{
    public static T Parse<T>(string name, string text) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Word(value) == text) return value;
        throw CacheException.Invalid(name, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(Word))}.");
    }

    private static string Word<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
