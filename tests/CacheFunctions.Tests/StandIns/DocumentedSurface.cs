using System.Text.RegularExpressions;

namespace CacheFunctions.Tests.StandIns;

/// <summary>
/// The members that azure-data-tables-surface.md declares, one text each: <c>TableClient.ctor(string,string)</c>,
/// <c>TableEntity.Count</c>, <c>TableEntity.PartitionKey.set</c>, <c>TableUpdateMode.Merge</c>; and each type's name.
/// </summary>
internal static partial class DocumentedSurface
{
    public static HashSet<string> Read(string document)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        var code = document.Split("```")[1];
        // A declaration starts with a word at the margin; its further lines are indented, or the closing brace.
        foreach (var declaration in DeclarationStart().Split(Comment().Replace(code, "")))
        {
            if (declaration.Trim().Length > 0)
                ReadType(declaration, "", members);
        }

        return members;
    }

    private static void ReadType(string declaration, string outer, HashSet<string> members)
    {
        var open = declaration.IndexOf('{', StringComparison.Ordinal);
        var header = TypeHeader().Match(declaration[..open]);
        var type = outer + header.Groups["name"].Value;
        members.Add(type);
        var body = declaration[(open + 1)..declaration.LastIndexOf('}')];
        if (header.Groups["kind"].Value == "enum")
        {
            foreach (var constant in body.Split(','))
                members.Add($"{type}.{constant.Split('=')[0].Trim()}");
            return;
        }

        foreach (var member in Statements(body + ';'))
        {
            if (TypeHeader().IsMatch(member) && member.Contains('{', StringComparison.Ordinal))
                ReadType(member, type + ".", members);
            else
                members.UnionWith(Member(member).Select(name => Protected(member) + $"{type}.{name}"));
        }
    }

    private static string Protected(string member) =>
        member.StartsWith("protected ", StringComparison.Ordinal) ? "protected " : "";

    // A member ends with a semicolon, or with the brace that closes its accessors.
    private static IEnumerable<string> Statements(string body)
    {
        var depth = 0;
        var start = 0;
        for (var at = 0; at < body.Length; at++)
        {
            depth += body[at] is '{' or '(' ? 1 : body[at] is '}' or ')' ? -1 : 0;
            if (depth > 0 || body[at] is not (';' or '}'))
                continue;
            var statement = body[start..(at + 1)].Trim(' ', '\n', ';');
            start = at + 1;
            if (statement.Length > 0)
                yield return statement;
        }
    }

    private static IEnumerable<string> Member(string member)
    {
        if (member.StartsWith("implicit from ", StringComparison.Ordinal))
            return [$"op_Implicit({member["implicit from ".Length..].Trim()})"];

        var accessors = member.IndexOf('{', StringComparison.Ordinal);
        var head = accessors < 0 ? member : member[..accessors].Trim();
        var settable = accessors < 0 || member[accessors..].Contains("set;", StringComparison.Ordinal);
        var indexer = Indexer().Match(head);
        if (indexer.Success)
            return Property($"Item({Type(indexer.Groups["parameter"].Value)})", settable);

        var method = Method().Match(head);
        if (method.Success)
            return ParameterLists(method.Groups["parameters"].Value).Select(list => $"{method.Groups["name"].Value}({list})");

        return head.Split(',').SelectMany(part => Property(part.Trim().Split(' ')[^1], settable));
    }

    private static IEnumerable<string> Property(string name, bool settable) => settable ? [name, name + ".set"] : [name];

    // "a[, b]" is with and without b; "a | b, c" is a or b, then c.
    private static IEnumerable<string> ParameterLists(string parameters)
    {
        var optional = Optional().Match(parameters);
        if (optional.Success)
        {
            return ParameterLists(Optional().Replace(parameters, ""))
                .Concat(ParameterLists(Optional().Replace(parameters, optional.Groups["more"].Value)));
        }

        IEnumerable<string> lists = [""];
        foreach (var parameter in Comma().Split(parameters).Where(parameter => parameter.Trim().Length > 0))
        {
            var choices = parameter.Split('|').Select(Type).ToArray();
            lists = [.. lists.SelectMany(list => choices.Select(choice => list.Length == 0 ? choice : $"{list},{choice}"))];
        }

        return lists;
    }

    // Type first, then perhaps a name and a default value.
    private static string Type(string parameter)
    {
        var type = parameter.Split('=')[0].Trim();
        if (type.StartsWith("out ", StringComparison.Ordinal))
            type = type[4..];
        type = Name().Replace(type, "");
        return type == "ct" ? "CancellationToken" : type.Replace(" ", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\n(?=[a-z])")]
    private static partial Regex DeclarationStart();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*(?:(?:sealed|readonly|static)\s+)*(?<kind>class|struct|interface|enum)\s+(?<name>\w+)")]
    private static partial Regex TypeHeader();

    [GeneratedRegex(@"this\[(?<parameter>[^\]]+)\]")]
    private static partial Regex Indexer();

    [GeneratedRegex(@"(?<name>\w+)(?:<\w+>)?\((?<parameters>.*?)\)(?:\s*where .*)?$", RegexOptions.Singleline)]
    private static partial Regex Method();

    [GeneratedRegex(@"\[(?<more>,[^\]]+)\]")]
    private static partial Regex Optional();

    // A comma outside of angle brackets.
    [GeneratedRegex(@",(?![^<]*>)")]
    private static partial Regex Comma();

    [GeneratedRegex(@"(?<=[\w>\]\?])\s+\w+$")]
    private static partial Regex Name();
}
