using System.Text.Json;

namespace CacheFunctions.Eviction.Stored;

/// <summary>A place in the order of insertion.</summary>
internal readonly record struct SievePlace(long AddedAt, Guid Id) : IComparable<SievePlace>
{
    public static SievePlace End { get; } = new(long.MaxValue, Guid.Empty);

    public int CompareTo(SievePlace other) => AddedAt != other.AddedAt ? AddedAt.CompareTo(other.AddedAt) : Id.CompareTo(other.Id);
}

/// <summary>
/// Where SIEVE's hand stands, and when it last passed each place: as spans, one for each time that it was moved in this round
/// and the last, at most 32. A run frees a tenth of a cache, so that is more than two rounds have; beyond it the two spans whose
/// times are closest become one with the earlier of them, which takes a few more things for visited.
/// </summary>
/// <param name="At">What it passed last; null: nothing in this round.</param>
/// <param name="Passes">From the oldest place on: up to which place (included) it passed when.</param>
internal sealed record SieveHand(SievePlace? At, IReadOnlyList<SievePass> Passes)
{
    private const int MaxPasses = 32;

    /// <returns>At its beginning for a text that is none of its own.</returns>
    public static SieveHand Read(string? text)
    {
        try
        {
            return text is null ? new SieveHand(null, []) : JsonSerializer.Deserialize<SieveHand>(text, JsonSerializerOptions.Web)!;
        }
        catch (JsonException)
        {
            return new SieveHand(null, []);
        }
    }

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Whether it passed this place in this round.</summary>
    public bool HasPassed(SievePlace place) => At is { } at && place.CompareTo(at) <= 0;

    /// <returns>0: never.</returns>
    public long PassedAt(SievePlace place)
    {
        foreach (var pass in Passes)
            if (place.CompareTo(pass.UpTo) <= 0) return pass.At;
        return 0;
    }

    /// <param name="isNewest">Whether nothing newer is there: then a new round begins, at the oldest.</param>
    /// <param name="isSecondRound">Whether it went around all before it came there.</param>
    public SieveHand MovedTo(SievePlace place, bool isNewest, bool isSecondRound, long now)
    {
        var passes = isSecondRound ? [new SievePass(SievePlace.End, now)]
            : At is { } at && place.CompareTo(at) <= 0 ? Passed(Passed(Passes, at, SievePlace.End, now), null, place, now)
            : Passed(Passes, At, place, now);
        return new SieveHand(isNewest ? null : place, Shortened(passes));
    }

    /// <summary>With the span behind <paramref name="from"/> up to <paramref name="to"/> passed now.</summary>
    private static List<SievePass> Passed(IReadOnlyList<SievePass> passes, SievePlace? from, SievePlace to, long now)
    {
        var result = passes.Where(pass => from is { } start && pass.UpTo.CompareTo(start) < 0).ToList();
        if (from is { } begin) result.Add(new SievePass(begin, passes.FirstOrDefault(pass => begin.CompareTo(pass.UpTo) <= 0).At));
        result.Add(new SievePass(to, now));
        result.AddRange(passes.Where(pass => pass.UpTo.CompareTo(to) > 0));
        return result;
    }

    private static List<SievePass> Shortened(List<SievePass> passes)
    {
        while (passes.Count > MaxPasses)
        {
            var closest = Enumerable.Range(0, passes.Count - 1).MinBy(i => Math.Abs(passes[i + 1].At - passes[i].At));
            passes[closest + 1] = passes[closest + 1] with { At = Math.Min(passes[closest].At, passes[closest + 1].At) };
            passes.RemoveAt(closest);
        }

        return passes;
    }
}

/// <param name="At">When, in ticks of UTC; 0: never.</param>
internal readonly record struct SievePass(SievePlace UpTo, long At);
