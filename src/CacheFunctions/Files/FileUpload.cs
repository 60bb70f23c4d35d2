using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Files;

/// <summary>What the query and the headers of a PUT say of the file that is its body.</summary>
internal static class FileUpload
{
    private const string MetadataPrefix = "x-meta-";
    private const string MetadataHeader = "x-metadata";
    private const string VisibilityHeader = "x-visibility";

    /// <exception cref="CacheException">InvalidArgument, UnsupportedMediaType.</exception>
    public static NewFile Of(ApiCall call)
    {
        var request = call.Request;
        // A span in a PUT would replace the whole by a part (RFC 9110, section 14.5).
        if (request.Headers.ContentRange.Count > 0) throw CacheException.Invalid("Content-Range", "must be left out: PUT takes the whole content.");
        call.Headers.RequirePlainBody();
        return new NewFile(
            request.Body,
            request.ContentLength,
            FileTypes.Check("Content-Type", request.ContentType),
            MetadataOf(request.Headers),
            call.Query.Flag("compress", false),
            call.Query.Flag("encrypt", true),
            VisibilityOf(request.Headers),
            call.Query.Flag("cache_content", true));
    }

    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static FileConditions ConditionsOf(ApiCall call)
    {
        var mustBeNew = call.Request.Headers.IfNoneMatch;
        if (mustBeNew.Count > 0 && mustBeNew.ToString().Trim() != "*")
            throw CacheException.Invalid("If-None-Match", "must be *, which stores the file only if there is none.");
        return new FileConditions(call.Headers.IfMatch, mustBeNew.Count > 0);
    }

    private static FileVisibility VisibilityOf(IHeaderDictionary headers) =>
        headers.TryGetValue(VisibilityHeader, out var value) ? Choices.Parse<FileVisibility>(VisibilityHeader, value.ToString()) : FileVisibility.Private;

    private static Dictionary<string, string> MetadataOf(IHeaderDictionary headers)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (headers.TryGetValue(MetadataHeader, out var json))
            foreach (var (key, value) in Parse(json.ToString())) metadata[key] = value;
        foreach (var (name, value) in headers.Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase)))
        {
            if (!metadata.TryAdd(name[MetadataPrefix.Length..].ToLowerInvariant(), value.ToString()))
                throw CacheException.Invalid(name, $"is also a key in {MetadataHeader}. Give it once.");
        }

        return metadata;
    }

    private static Dictionary<string, string> Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(Uri.UnescapeDataString(text), Json.Options) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw CacheException.Invalid(MetadataHeader, "must be a percent-encoded JSON object whose values are texts, as %7B%22author%22%3A%22Zo%C3%AB%22%7D.");
        }
    }
}
