using System.Net;
using System.Text;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>
/// Refuses percent-encoded bytes that are not UTF-8. The server would leave them as they are spelt, so that a parameter
/// would be taken for a text that nobody sent.
/// </summary>
internal static class QueryEncoding
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CacheException">InvalidArgument, naming the parameter.</exception>
    public static void Check(QueryString query)
    {
        if (query.Value is not { } text || !text.Contains('%')) return;
        foreach (var pair in text[1..].Split('&'))
        {
            var bytes = Encoding.UTF8.GetBytes(pair);
            try
            {
                Strict.GetCharCount(WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length));
            }
            catch (DecoderFallbackException)
            {
                throw CacheException.Invalid(pair.Split('=')[0], "must be percent-encoded UTF-8.");
            }
        }
    }
}
