namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Who may refuse a request, and how.</summary>
internal enum Refusal
{
    /// <summary>The service, in its envelope.</summary>
    ByService,

    /// <summary>Also the HTTP server below it, by a bare status: the request is not HTTP, or too long for it.</summary>
    ByServer,

    /// <summary>Also by hanging up: the client has ended its side, or sent more than anybody reads.</summary>
    HangUp,
}

/// <summary>Something bad, at a place where it may do harm.</summary>
/// <param name="IsWrong">Whether it is certainly wrong there; else it may be what somebody means.</param>
/// <param name="IsNameable">Whether a refusal can name the place, as it cannot where broken JSON has no fields.</param>
internal sealed record Hazard(string Name, Action<Draft> Apply, bool IsWrong, Refusal Refusal = Refusal.ByService, bool IsNameable = true)
{
    public bool MayBeSpread => Refusal != Refusal.ByService || Name.Contains("odd: ", StringComparison.Ordinal);
}

/// <summary>A request that is right but for one thing.</summary>
/// <param name="Names">What a refusal as an invalid argument must name; null: nothing in particular.</param>
/// <param name="MayBeSpread">Whether it need not be tried at each place: other places have the same code to refuse it.</param>
internal sealed record Attack(Endpoint Endpoint, string Position, Hazard Hazard, string? Names, bool MayBeSpread)
{
    // What is only odd, what no code of an endpoint ever sees, and one text after the other where only a number or a word can be right,
    // is spread over the places: each meets a part of it, and together they meet all. CACHEFUNCTIONS_ALL_HAZARDS=1 puts everything everywhere.
    private const int Parts = 8;
    private static readonly bool IsSpread = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_ALL_HAZARDS") != "1";

    /// <param name="turn">The endpoint's number, which says what part of the spread hazards it gets.</param>
    public static IReadOnlyList<Attack> On(Endpoint endpoint, Texts texts, int turn) =>
        [.. All(endpoint, texts).Where((attack, i) => !IsSpread || (i + turn) % Parts == 0 || !attack.MayBeSpread)];

    private static IReadOnlyList<Attack> All(Endpoint endpoint, Texts texts) =>
    [
        .. from position in endpoint.Positions()
           from hazard in ValueHazards.At(position, texts)
           select new Attack(
               endpoint,
               $"{position.Place} {position.Name}",
               hazard,
               position.Place == Place.Route || !hazard.IsNameable ? null : position.Name,
               hazard.MayBeSpread || (!position.Sample.TakesText && texts.All.Any(text => text.Name == hazard.Name))),
        .. BodyHazards.Of(endpoint).Select(hazard => new Attack(endpoint, "body", hazard, null, hazard.MayBeSpread)),
        .. RequestHazards.Of(endpoint).Select(hazard => new Attack(endpoint, "request", hazard, null, hazard.MayBeSpread)),
    ];

    /// <summary>Where a part of the address is missing, the rest may be another call's.</summary>
    public bool MayBeAnotherCall => Position.StartsWith($"{Place.Route} ", StringComparison.Ordinal) && Hazard.Name == "empty";

    /// <summary>Whether nothing may be otherwise afterwards, as far as can be said before it is answered.</summary>
    public bool ChangesNothing => Endpoint.OnlyReads || Hazard.IsWrong;

    public Draft Draft(Stage stage)
    {
        var draft = Endpoint.Draft(stage);
        Hazard.Apply(draft);
        return draft;
    }

    public override string ToString() => $"{Endpoint.Name}, {Position}, {Hazard.Name}";
}
