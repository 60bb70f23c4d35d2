using System.Globalization;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http;

/// <summary>Reads the headers that endpoints act on.</summary>
public sealed class HeaderReader(IHeaderDictionary headers)
{
    /// <returns>The fence that the caller shows; null: none.</returns>
    public long? Fence
    {
        get
        {
            var text = headers["X-Fence"].ToString();
            if (text.Length == 0) return null;
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
                ? fence
                : throw CacheException.Invalid("X-Fence", "must be the whole number that the lock's answer gave.");
        }
    }

    /// <returns>The entity tags of If-Match, quotes included; null: the header is absent.</returns>
    public IReadOnlyList<string>? IfMatch
    {
        get
        {
            var values = headers.IfMatch;
            if (values.Count == 0) return null;
            return EntityTagHeaderValue.TryParseStrictList(values, out var tags)
                ? [.. tags.Select(tag => tag.ToString())]
                : throw CacheException.Invalid("If-Match", "must hold entity tags in quotes, or *.");
        }
    }
}
