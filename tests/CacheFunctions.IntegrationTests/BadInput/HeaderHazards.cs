namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The hazards of one header: ranges, tags, fences and keys of all kinds, and texts.</summary>
internal static class HeaderHazards
{
    private static readonly string[] Fences =
    [
        "", "abc", "-1", "+1", "1.5", "0", "1e3", "0x1", "1,1", "1 1", "\"1\"", "9223372036854775808", "-9223372036854775809", "99999999999999999999",
        "9223372036854775807", "NaN", "null", "true",
    ];

    private static readonly string[] Tags =
        ["", "abc", "\"unterminated", "unquoted\"", "\"a\" \"b\"", ",", ", ,", "W/", "W/abc", "\"a\",*", "**", "\"\"", "W/\"a\"", "\"a\", \"b\"", "null"];

    private static readonly string[] ContentRanges =
    [
        "", "bytes", "bytes 0-4", "bytes 0-5/9", "bytes */9", "bytes */*", "bytes 4-0/*", "bytes -3/9", "bytes 1-/9", "bytes 0-4/4", "bytes 0-4/0", "bytes 0-4/-1",
        "lines 0-4/9", "bytes=0-4", "bytes 0-4/*, 6-7/*", "bytes 6-10/*", "bytes 99999999-100000003/*", "bytes 0-9223372036854775807/*",
        "bytes 9223372036854775803-9223372036854775807/*", "bytes 0-99999999999999999999/*", "bytes 0x0-0x4/*", "bytes 0.0-4.0/*", "0-4/9", "bytes 0-4/99999999999999999999",
    ];

    private static readonly string[] Ranges =
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=abc", "bytes=4-0", "bytes=0-", "bytes=-1", "bytes=0-99999999999999999999", "bytes=-9223372036854775808", "bytes=-99999",
        "bytes=0-9223372036854775807", "bytes=0-0,0-0", "bytes=0-1,1-2", "bytes=0-0,2-2,4-4", "bytes=0-0,99-", "bytes=--1", "bytes = 0-1", "lines=0-1", "bytes=0-1;2-3",
        "bytes=0-0" + string.Concat(Enumerable.Repeat(",2-2", 500)), "*", "\"a\"", "W/\"a\"", "\"unterminated", "Mon, 31 Feb 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
        "-1", "99999999999999999999",
    ];

    // These name no byte that there is.
    private static readonly string[] RangesOutside = ["bytes=99-", "bytes=5-9", "bytes=-0", "bytes=9223372036854775807-", "bytes=99-,100-"];

    public static IEnumerable<Hazard> At(Position position, IReadOnlyList<BadText> texts)
    {
        var kind = position.Sample.Kind;
        var isStrict = kind is not (Kind.Lenient or Kind.Range);
        foreach (var text in Own(kind)) yield return new Hazard($"'{text}'", draft => draft.Set(position, Draft.Wire(text)), isStrict);
        if (kind == Kind.Range)
            foreach (var text in RangesOutside) yield return new Hazard($"'{text}'", draft => draft.Set(position, text), true);
        if (position.Name == "If-Match") yield return new Hazard("*", draft => draft.Set(position, "*"), false);
        foreach (var bad in texts)
        {
            var wire = Draft.Wire(bad.Text);
            var isHttp = !wire.AsSpan().ContainsAny("\0\r\n");
            // Space around a value is none of it, and a key may be any text of ASCII.
            var wrong = isHttp && isStrict && bad.Text.Trim() != "*" && (kind != Kind.JsonObject || bad.Text != "{}") && (kind != Kind.Size || !ValueHazards.IsZero(bad.Text))
                && (kind != Kind.RequestKey || bad.Text.Length > 255 || bad.Text.Any(c => c is < ' ' or > '~'));
            yield return new Hazard(
                bad.Name, draft => draft.Set(position, wire), wrong && bad.Text.Length < 30_000, wire.Length > 7_000 ? Refusal.HangUp : isHttp ? Refusal.ByService : Refusal.ByServer);
        }

        yield return new Hazard("bytes that are not UTF-8", draft => draft.Set(position, "a\xff\xfe"), isStrict, Refusal.ByServer);
        yield return new Hazard("given twice", draft => draft.Headers.AddRange([(position.Name, "1"), (position.Name, "1")]), isStrict);
        // A line of its own is another header, which nobody reads.
        yield return new Hazard("another header behind a line break", draft => draft.Set(position, "1\r\nX-Injected: 1"), false, Refusal.ByServer);
        foreach (var text in new[] { "a\rb", "a\nb", "a\0b", "a\r\n b", "a\r\n\tb" })
            yield return new Hazard($"broken by {Uri.EscapeDataString(text)}", draft => draft.Set(position, text), isStrict, Refusal.ByServer);
    }

    private static string[] Own(Kind kind) => kind switch
    {
        Kind.Fence => Fences,
        Kind.EntityTags => Tags,
        Kind.ContentRange => ContentRanges,
        Kind.RequestKey => ["", new string('k', 256), "ключ"],
        _ => Ranges,
    };
}
