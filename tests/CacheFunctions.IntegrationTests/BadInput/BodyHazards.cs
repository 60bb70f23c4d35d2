namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The hazards of a body as a whole: JSON that is none, other types, encodings, lengths.</summary>
internal static class BodyHazards
{
    private static readonly string[] NoObjects =
    [
        "null", "[]", "1", "true", "\"text\"", "{", "}", "{{}}", "{}{}", "{},", "{}x", "[{}]", "{\"a\"}", "{\"a\":}", "{'a': 1}", "{a: 1}", "{\"a\": 1,}", "{,}", "// {}", "{} // a",
        "\0", "{}\0", "\xef\xbb\xbf{", "\xff\xfe{\0}\0", "<a/>", "a=1&b=2", " ", "\n",
    ];

    private static readonly string?[] ContentTypes =
    [
        null, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/xml", "application/octet-stream",
        "application", "application/jsonx", "text/json-patch", "*/*", "json", "application/json, text/plain", "a/b; c=\"unterminated",
    ];

    private static readonly string[] Encodings = ["gzip", "br", "deflate", "gzip, gzip", "unknown", "aws-chunked"];

    public static IEnumerable<Hazard> Of(Endpoint endpoint) =>
        endpoint.Accepts.Body is not null ? Json(endpoint)
        : endpoint.Accepts.Content ? Content(endpoint)
        : Unasked(endpoint);

    private static IEnumerable<Hazard> Json(Endpoint endpoint)
    {
        foreach (var text in NoObjects) yield return Body($"no JSON object: {Uri.EscapeDataString(text)}", text, true);
        yield return Body("empty", "", !endpoint.Accepts.BodyIsOptional);
        yield return Body("an unknown field", "{\"nonsense\": 1}", true);
        yield return Body("a field of every object", "{\"__proto__\": {\"admin\": true}}", true);
        yield return Body("a type's name", "{\"$type\": \"System.IO.FileInfo\"}", true);
        yield return Body("10,000 unknown fields", "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"f{i}\": 1")) + "}", true);
        yield return Body("100,000 brackets", new string('[', 100_000), true);
        yield return Body("100,000 objects", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), true);
        yield return Body("more than a MiB", new string(' ', (1 << 20) + 1) + "{}", true) with { Refusal = Refusal.HangUp };
        yield return new Hazard("cut in the middle", draft => draft.Body = draft.BodyText()[..(draft.BodyText().Length / 2)], true);
        yield return new Hazard("cut before its end", draft => draft.Body = draft.BodyText()[..^1], true);
        yield return new Hazard("twice", draft => draft.Body = draft.BodyText() + draft.BodyText(), true);
        yield return new Hazard("in UTF-16", draft => draft.Body = string.Concat(draft.BodyText().Select(c => $"{c}\0")), true);
        yield return new Hazard("in a list", draft => draft.Body = $"[{draft.BodyText()}]", true);
        foreach (var type in ContentTypes)
        {
            yield return new Hazard($"Content-Type {type}", draft =>
            {
                draft.Body = draft.BodyText();
                draft.ContentType = type;
            }, true);
        }

        foreach (var encoding in Encodings) yield return Header("Content-Encoding", encoding, true);
    }

    private static IEnumerable<Hazard> Content(Endpoint endpoint)
    {
        foreach (var encoding in Encodings) yield return Header("Content-Encoding", encoding, true);
        if (endpoint.Verb == "PUT") yield return Header("Content-Range", "bytes 0-4/5", true);
        yield return Body("empty", "", endpoint.Accepts.Headers.Contains("Content-Range"));
        yield return Body("other than the span", "longer than the span", endpoint.Accepts.Headers.Contains("Content-Range"));
        yield return new Hazard("a Content-Type that is none", draft => draft.ContentType = "\"", false);
        foreach (var digest in new[] { "sha-256=:AAAA:", "nonsense" }) yield return Header("Repr-Digest", digest, false);
    }

    /// <summary>A GET or DELETE may have one, which means nothing; a POST that takes none says so.</summary>
    private static IEnumerable<Hazard> Unasked(Endpoint endpoint)
    {
        foreach (var text in NoObjects.Append("{\"a\": 1}"))
            yield return Body($"though none is taken: {Uri.EscapeDataString(text)}", text, endpoint.Verb == "POST");
    }

    private static Hazard Body(string name, string body, bool isWrong) => new(name, draft => draft.Body = body, isWrong);

    private static Hazard Header(string name, string value, bool isWrong) => new($"{name} {value}", draft => draft.Headers.Add((name, value)), isWrong);
}
