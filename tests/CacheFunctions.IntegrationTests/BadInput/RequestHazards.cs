namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The hazards of a request as a whole: parameters that are none, and what is not HTTP.</summary>
internal static class RequestHazards
{
    private static readonly string[] Queries =
        ["nonsense=1", "nonsense", "%00=1", "a%0d%0ab=1", "LIMIT=1", "limti=1", "user-id=1", "sessionid=1", "=1", "%ff=1", "a[]=1", "%2e%2e=1", "consistentt=true"];

    private static readonly string[] Lengths = ["-1", "abc", "1.5", "0x5", "1e1", "99999999999999999999", "1, 2", "5\r\nContent-Length: 6", "+5", "5 5", "٥"];

    private static readonly string[] HeaderLines =
    [
        "no colon", ": no name", "X-Space : 1", "X Y: 1", "X-Nul: a\0b", " X-Fold: 1", "X-\xff: 1", "\x01: 1", "X-Lf: a\nX-B: 1\rc",
    ];

    public static IEnumerable<Hazard> Of(Endpoint endpoint)
    {
        foreach (var query in Queries)
        {
            var (name, value) = query.Split('=', 2) is [var first, var rest] ? (first, rest) : (query, "");
            yield return new Hazard($"query {query}", draft => draft.Query.Add((name, value)), true, query.Contains('%', StringComparison.Ordinal) ? Refusal.ByServer : Refusal.ByService);
        }

        yield return new Hazard("3,000 query parameters", draft => draft.Query.AddRange(Enumerable.Range(0, 3_000).Select(i => ($"p{i}", "1"))), true, Refusal.HangUp);
        foreach (var line in HeaderLines)
        {
            yield return NoHttp($"header line {Uri.EscapeDataString(line)}", draft => draft.Host += line + "\r\n");
        }

        yield return NoHttp("200 headers", draft => draft.Headers.AddRange(Enumerable.Range(0, 200).Select(i => ($"X-{i}", "1"))));
        yield return NoHttp("no Host", draft => draft.Host = "");
        yield return NoHttp("two Hosts", draft => draft.Host += draft.Host);
        yield return NoHttp("a Host that is none", draft => draft.Host = "Host: a b/../c\r\n");
        foreach (var protocol in new[] { "HTTP/9.9", "HTTP/0.9", "http/1.1", "FTP/1.1", "" })
            yield return NoHttp($"protocol {protocol}", draft => draft.Protocol = protocol);
        foreach (var target in new[] { "*", "api", "http://elsewhere.test:1/../api", "//elsewhere.test/api", "\\api", "http://[::1", "/\0", "/%00" })
            yield return NoHttp($"target {Uri.EscapeDataString(target)}", draft => draft.Target = _ => target);
        foreach (var verb in new[] { "BREW", "TRACE", "CONNECT", "get", "G\0T", "G ET", new string('A', 10_000), "" })
            yield return NoHttp($"method {Uri.EscapeDataString(verb.Length > 20 ? "long" : verb)}", draft => draft.Verb = verb);
        // Where no body comes, the client ends its side: the server would wait for what was announced.
        foreach (var length in Lengths)
            yield return NoHttp($"Content-Length {Uri.EscapeDataString(length)}", draft => (draft.ContentLength, draft.IsCutOff) = (Draft.Wire(length), !endpoint.HasBody));
        foreach (var coding in new[] { "gzip", "chunked, chunked", "chunked, gzip", "identity", "xchunked" })
        {
            yield return NoHttp($"Transfer-Encoding {coding}", draft =>
            {
                draft.Headers.Add(("Transfer-Encoding", coding));
                draft.IsCutOff = true;
            });
        }

        if (!endpoint.HasBody) yield break;

        foreach (var chunks in new[] { "zz\r\nabc\r\n0\r\n\r\n", "-1\r\n\r\n", "5\r\nab", "ffffffffffffffffff\r\na", "5\r\nabcdefgh\r\n0\r\n\r\n", "{}" })
        {
            yield return NoHttp($"chunks {Uri.EscapeDataString(chunks)}", draft =>
            {
                draft.Headers.Add(("Transfer-Encoding", "chunked"));
                (draft.ContentLength, draft.Body) = ("", chunks);
                // The others are wrong by what is there already.
                draft.IsCutOff = chunks.EndsWith("ab", StringComparison.Ordinal);
            }, isWrong: true);
        }

        foreach (var more in new[] { 1L, 100_000, 1L << 40, long.MaxValue - 1_000_000 })
        {
            yield return NoHttp($"a body that ends {more} bytes early", draft =>
                (draft.ContentLength, draft.IsCutOff) = ($"{draft.BodyText().Length + more}", true), isWrong: true);
        }

        // What follows is the next request on this connection, and none. Of content that says to be shorter nobody can tell.
        yield return new Hazard("a body longer than its Content-Length", draft => draft.ContentLength = $"{draft.BodyText().Length - 1}", endpoint.Accepts.Body is not null);
        yield return new Hazard("Content-Length 0 before a body", draft => draft.ContentLength = "0", endpoint.Accepts is { Body: not null, BodyIsOptional: false });
    }

    private static Hazard NoHttp(string name, Action<Draft> apply, bool isWrong = false) => new(name, apply, isWrong, Refusal.HangUp);
}
