using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using CacheFunctions.Observability;

namespace CacheFunctions.Tests.Observability;

/// <summary>The table of docs/operations.md, by the names of the metrics.</summary>
internal static class MetricsTable
{
    private const string Begin = "<!-- metrics -->\n";
    private const string End = "<!-- /metrics -->";

    /// <summary>The attributes of each metric.</summary>
    public static IReadOnlyDictionary<string, string[]> Attributes { get; } = Text().Split('\n').Skip(2).Where(row => row.StartsWith('|'))
        .Select(row => row.Split('|'))
        .ToDictionary(cells => cells[1].Trim(' ', '`'), cells => cells[4].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim(' ', '`')).ToArray());

    public static string Text()
    {
        var text = File.ReadAllText(Document());
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return text[begin..text.IndexOf(End, StringComparison.Ordinal)];
    }

    /// <summary>As the instruments in the code are; attributes as they are written there.</summary>
    public static string OfCode()
    {
        var rows = Instruments().OrderBy(each => each.Name, StringComparer.Ordinal).Select(each =>
            $"| `{each.Name}` | {Kind(each)} | `{each.Unit}` | {string.Join(", ", Attributes.GetValueOrDefault(each.Name, []).Select(name => $"`{name}`"))} | {each.Description} |\n");
        return "| Metric | Kind | Unit | Attributes | Means |\n|---|---|---|---|---|\n" + string.Concat(rows);
    }

    public static IEnumerable<string> KnownAttributes() =>
        typeof(Telemetry.Attributes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    private static List<Instrument> Instruments()
    {
        var all = new List<Instrument>();
        // Those that were made before it began are told, too.
        RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == Telemetry.Meter) all.Add(instrument);
            },
        };
        listener.Start();
        return all;
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Document([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/operations.md");
}
