using System.Security.Cryptography;
using System.Text.Json;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>Reads a JSON request body; what is wrong with it is said by field.</summary>
internal static class JsonBody
{
    private const int MaxBytes = 1 << 20;

    /// <exception cref="CacheException">InvalidArgument, UnsupportedMediaType, TooLarge.</exception>
    /// <returns>What it says, and the SHA-256 of its bytes in hex.</returns>
    public static async Task<(T Value, string Sha256)> ReadAsync<T>(HttpRequest request, CancellationToken cancellation) where T : class
    {
        // Strictly, because a web page elsewhere may send any other type without asking first.
        if (!request.HasJsonContentType())
        {
            throw new CacheException(
                ErrorCode.UnsupportedMediaType, $"Content-Type: is '{request.ContentType}'; send application/json.");
        }

        new HeaderReader(request.Headers).RequirePlainBody();
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = await request.Body.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (body.Length + count > MaxBytes)
                throw new CacheException(ErrorCode.TooLarge, $"The JSON body is larger than {MaxBytes} bytes.");
            body.Write(buffer, 0, count);
        }

        if (body.Length == 0) throw new CacheException(ErrorCode.InvalidArgument, "The body is empty; send a JSON object.");
        try
        {
            var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
            var value = JsonSerializer.Deserialize<T>(bytes, Json.Options)
                ?? throw new CacheException(ErrorCode.InvalidArgument, "The body is null; send a JSON object.");
            return (value, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (JsonException error)
        {
            throw Explain(error);
        }
    }

    private static CacheException Explain(JsonException error)
    {
        var field = error.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal) && field is not null)
            return CacheException.Invalid(field, "is not a field of this request.");
        if (error.Message.StartsWith("Duplicate", StringComparison.Ordinal) && field is not null)
            return CacheException.Invalid(field, "is given more than once.");
        return field is not null
            ? CacheException.Invalid(field, "has a value of the wrong type.")
            : new CacheException(
                ErrorCode.InvalidArgument, $"The body is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine}).");
    }
}
