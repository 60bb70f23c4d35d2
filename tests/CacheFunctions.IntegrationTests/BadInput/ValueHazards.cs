namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The hazards of one value: texts as its place spells them, what only that place can spell, and what its kind forbids.</summary>
internal static class ValueHazards
{
    private static readonly string[] Numbers =
    [
        "-1", "0", "1.5", "1e3", "1e400", "-0.1", "NaN", "Infinity", "-Infinity", "0x10", "1,000", "1_000", "١٢", "２", "--1", "9223372036854775808",
        "-9223372036854775809", "99999999999999999999", "-9223372036854775808", "9223372036854775807", "1" + new string('0', 400),
    ];

    private static readonly string[] Times =
    [
        "yesterday", "1", "1.5", "-1", "12:00", "Mon", "25:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z",
        "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-01-31T09:05:00+99:00", "31.01.2026", "1/2/2026",
    ];

    // Percent-encoding as nobody should write it. Decoded once more than they ought to be, these would lead out.
    private static readonly string[] Escapes =
    [
        "..%2foutside%2fsecret.txt", "%2e%2e/outside/secret.txt", "%2e%2e%2foutside%2fsecret.txt", "%2E%2E%2Fsecret.txt", "..%5coutside%5csecret.txt",
        "%252e%252e%252foutside%252fsecret.txt", "%25252e%25252e%25252fsecret.txt", "%2fetc%2fpasswd", "%2f%2fetc%2fpasswd", "%5c%5cserver%5cshare",
        "a%00b", "%00", "%0d%0aX-Injected:%201", "%0a", "%01", "%7f", "%c2%85",
    ];

    private static readonly string[] BrokenEscapes =
    [
        "..%c0%afoutside%c0%afsecret.txt", "%c0%ae%c0%ae%c0%afsecret.txt", "%e0%80%ae%e0%80%ae/secret.txt", "%ff", "%fe%ff", "%ed%a0%80", "%f4%90%80%80",
        "%c3", "a%80b",
    ];

    private static readonly string[] NoEscapes = ["%", "%2", "%zz", "%u002e%u002e%u2215", "%-1", "100%"];

    public static IEnumerable<Hazard> At(Position position, Texts texts)
    {
        var all = position.Sample.Kind == Kind.Text ? [.. texts.All.Where(bad => !bad.IsSecret)] : texts.All;
        return position.Place switch
        {
            Place.Header => HeaderHazards.At(position, all),
            Place.Field => FieldHazards.At(position, all),
            _ => InAddress(position, all),
        };
    }

    /// <summary>Texts of the position's kind that are certainly wrong.</summary>
    public static IEnumerable<string> OfKind(Kind kind) => kind switch
    {
        Kind.Number => Numbers,
        Kind.Size => Numbers.Where(number => number is not ("0" or "9223372036854775807")),
        Kind.Flag => ["2", "-1", "yes", "maybe", "True ", "tru", "null", "truefalse"],
        Kind.Time => Times,
        Kind.Word => ["Active", "FAIL", "0", "fail,fail", "active,closed", "unknown"],
        _ => [],
    };

    /// <summary>Whether a text that is bad somewhere is certainly wrong here.</summary>
    public static bool IsWrong(Position position, BadText bad) => position.Sample.Kind switch
    {
        Kind.Text or Kind.Cursor => bad.BreaksText,
        // A lock of what cannot be opened is asked for in vain, but nothing is opened.
        Kind.Path => bad.BreaksPath || (bad.LeadsOut && (position.Place, position.Name) is not (Place.Query, "file_path")),
        Kind.UnreadPath or Kind.StorePath => bad.BreaksPath,
        Kind.Flag => bad.Text is not ("true" or "0"),
        Kind.Size => !IsZero(bad.Text),
        Kind.Number => !IsZero(bad.Text) || position.Place == Place.Field,
        Kind.Id => bad.Text is not "nas",
        _ => true,
    };

    public static bool IsZero(string text) => text.Length > 0 && text.All(c => c == '0');

    private static IEnumerable<Hazard> InAddress(Position position, IReadOnlyList<BadText> texts)
    {
        var known = position.Sample.Kind is not (Kind.Text or Kind.Path or Kind.StorePath or Kind.Cursor);
        var isPath = position.Sample.Kind is Kind.Path or Kind.StorePath;
        foreach (var bad in texts)
        {
            var wrong = IsWrong(position, bad);
            var spelt = Uri.EscapeDataString(bad.Text);
            yield return new Hazard(bad.Name, draft => draft.Set(position, spelt), wrong, Refuses(position, spelt));
        }

        foreach (var text in OfKind(position.Sample.Kind))
            yield return new Hazard($"'{Short(text)}'", draft => draft.Set(position, Uri.EscapeDataString(text)), true);
        foreach (var spelt in Escapes)
            yield return new Hazard(spelt, draft => draft.Set(position, spelt), known || isPath && !spelt.Contains("%25", StringComparison.Ordinal), Refuses(position, spelt));
        foreach (var spelt in BrokenEscapes)
            yield return new Hazard(spelt, draft => draft.Set(position, spelt), known || position.Place == Place.Query, Refuses(position, spelt));
        foreach (var spelt in NoEscapes)
            yield return new Hazard(spelt, draft => draft.Set(position, spelt), known, Refuses(position, spelt));
        // An empty segment, or one that is a dot, makes another address.
        yield return new Hazard("empty", draft => draft.Set(position, ""), false);
        yield return new Hazard("a dot", draft => draft.Set(position, "."), false);
        yield return new Hazard("dots and slashes as they are", draft => draft.Set(position, "../../outside/secret.txt"), known || isPath);
        yield return new Hazard("bytes that are not ASCII", draft => draft.Set(position, Draft.Wire("ä") + "\xff"), true, Refusal.ByServer);
        yield return new Hazard("a control character as it is", draft => draft.Set(position, "a\u0001b"), false, Refusal.ByServer);
        yield return new Hazard("a space as it is", draft => draft.Set(position, "a b"), true, Refusal.ByServer);
        if (position.Place != Place.Query) yield break;
        yield return new Hazard("given twice", draft => draft.Query.AddRange([(position.Name, "1"), (position.Name, "1")]), true);
        yield return new Hazard("given twice, in two spellings", draft => draft.Query.AddRange([(position.Name, "1"), (position.Name.ToUpperInvariant(), "1")]), true);
        yield return new Hazard("as a list", draft => draft.Query.Add((position.Name + "[]", "1")), true);
    }

    private static string Short(string text) => text.Length > 40 ? $"{text[..40]}… ({text.Length})" : text;

    // The server takes 8 KiB of a first line, and no NUL in a path.
    private static Refusal Refuses(Position position, string spelt) =>
        spelt.Length > 7_000 ? Refusal.HangUp
        : position.Place == Place.Route && spelt.Contains("%00", StringComparison.Ordinal) ? Refusal.ByServer
        : Refusal.ByService;
}
