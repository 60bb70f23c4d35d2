using System.Text.Json;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The hazards of one field of a JSON body: values of every type, and texts.</summary>
internal static class FieldHazards
{
    private static readonly string[] Numbers =
        ["1", "0", "-1", "0.5", "1e3", "1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "1" + new string('0', 5_000)];

    // No JSON, or no Unicode.
    private static readonly string[] Broken =
    [
        "", "NaN", "Infinity", "-", "01", "+1", ".5", "1.", "0x10", "undefined", "'a'", "\"a", "a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00a\"", "\"\\ud800\\ud800\"",
        "\"a\xff\xfe\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"a\nb\"", "\"a\0b\"", "\"a\" \"b\"", "True", "nul", "[1", "{\"a\":", "/* */ 1", "\"\\u0000\"",
    ];

    public static IEnumerable<Hazard> At(Position position, IReadOnlyList<BadText> texts)
    {
        var isText = position.Type == typeof(string);
        foreach (var json in Numbers)
        {
            // A number of any form is a text to who takes both; a bound is a matter of the field.
            var wrong = position.Type == typeof(bool) || (isText ? !position.MayBeNumber || json.Length > 1_000 : json is not "1" && (json, position.Sample.Kind) is not ("0", Kind.Size));
            yield return Of($"number {Short(json)}", json, wrong || position.Name is "ttl_seconds" or "size_bytes");
        }

        foreach (var json in new[] { "true", "false" }) yield return Of(json, json, position.Type != typeof(bool));
        yield return Of("null", "null", false);
        yield return Of("left out", null, false);
        foreach (var json in new[] { "[]", "{}", "[\"a\"]", "{\"a\": 1}", "[[[[[[[[]]]]]]]]", Nested(60), Nested(1_000), Nested(100_000) })
            yield return Of($"structure {Short(json)}", json, position.Sample.Kind == Kind.List ? json is not "[]" : position.Type != typeof(JsonElement) || json[0] != '{');
        foreach (var json in Broken) yield return Of($"broken {json}", json, true) with { Name = $"broken {Uri.EscapeDataString(json)}", IsNameable = false };
        foreach (var bad in texts)
            yield return Of(bad.Name, Draft.Wire(JsonSerializer.Serialize(bad.Text)), isText || position.Sample.Kind == Kind.Size ? ValueHazards.IsWrong(position, bad) : position.Type == typeof(bool) || bad.Text is not "0");
        foreach (var text in ValueHazards.OfKind(position.Sample.Kind))
            yield return Of($"'{Short(text)}'", Draft.Wire(JsonSerializer.Serialize(text)), true);
        yield return new Hazard("given twice", draft => draft.Fields.AddRange([(position.Name, "null"), (position.Name, "null")]), true);
        yield return new Hazard("given twice, in two spellings", draft => draft.Fields.AddRange([(position.Name, "null"), (position.Name.ToUpperInvariant(), "null")]), true);

        Hazard Of(string name, string? json, bool isWrong) => new(name, draft =>
        {
            draft.Fields.RemoveAll(field => field.Name == position.Name);
            if (json is not null) draft.Fields.Add((position.Name, json));
        }, isWrong);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Short(string text) => text.Length > 40 ? $"{text[..20]}… ({text.Length})" : text;
}
