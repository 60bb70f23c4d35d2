using System.Globalization;

namespace CacheFunctions.Tests.Simulation.Sessions.Rules;

/// <summary>The rules that no run may break (design section 5).</summary>
internal enum Rule
{
    /// <summary>An acknowledged save can be read back, or was written to the origin, or is kept as a named copy.</summary>
    Saves,

    /// <summary>The origin is always one whole version.</summary>
    Origin,

    /// <summary>Nobody's version is silently overwritten.</summary>
    Overwrites,

    /// <summary>Fences rise, each has one holder, and a stale one changes nothing.</summary>
    Fences,

    /// <summary>Rows agree with one another.</summary>
    Rows,

    /// <summary>The log is dense, and each effect is told once.</summary>
    Log,

    /// <summary>Content that a row names is there.</summary>
    Contents,

    /// <summary>What was begun comes to an end, and nothing is left behind.</summary>
    Settling,

    /// <summary>Callers are told what they can act on.</summary>
    Answers,
}

internal sealed class RuleBrokenException(Rule rule, string message, string story = "") : Exception($"{rule}: {message}{story}")
{
    public Rule Rule { get; } = rule;
}

/// <summary>Collects what was broken, wherever in the service's calls that is noticed. The first counts.</summary>
/// <param name="rules">Those that count; null: all.</param>
internal sealed class Verdict(SimulatedWorld world, IReadOnlyList<Rule>? rules)
{
    private readonly List<(DateTimeOffset At, string What)> _story = [];
    private RuleBrokenException? _first;

    public bool IsBroken => _first is not null;

    /// <summary>What happened, for whoever reads of a failure.</summary>
    public void Tell(string what)
    {
        _story.Add((world.Time.GetUtcNow(), what));
        world.Trace?.Invoke(what);
    }

    public void Break(Rule rule, string message)
    {
        if (rules is null || rules.Contains(rule)) _first ??= new RuleBrokenException(rule, message, Story());
    }

    public void Require(bool holds, Rule rule, string message)
    {
        if (!holds) Break(rule, message);
    }

    public void ThrowIfBroken()
    {
        if (_first is not null) throw _first;
    }

    private string Story() => string.Concat(_story.Select(
        entry => string.Create(CultureInfo.InvariantCulture, $"{Environment.NewLine}    {entry.At:HH:mm:ss} {entry.What}")));
}
