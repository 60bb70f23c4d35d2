namespace CacheFunctions.IntegrationTests.Sessions.Histories;

/// <summary>
/// Judges what concurrent clients saw of locks. Only what is certain counts: a call has its effect somewhere between its
/// start and its end, so two calls have an order only when one ended before the other began.
/// </summary>
internal static class LockHistory
{
    /// <param name="origins">Which save of which session each path holds in the end.</param>
    /// <returns>What is wrong, in words; nothing when all is well.</returns>
    public static IReadOnlyList<string> Check(
        IReadOnlyCollection<LockCall> calls, IReadOnlyDictionary<string, (string Session, int Number)> origins) =>
        [.. calls.GroupBy(call => call.Path).SelectMany(path => CheckPath([.. path], origins[path.Key]))];

    private static IEnumerable<string> CheckPath(IReadOnlyList<LockCall> calls, (string Session, int Number) origin)
    {
        var grants = calls.Where(call => call.IsGrant).ToList();
        return Owners(grants).Concat(Rising(calls, grants)).Concat(Overlaps(calls, grants)).Concat(Writes(calls, grants)).Concat(Origin(calls, origin));
    }

    private static IEnumerable<string> Owners(IEnumerable<LockCall> grants) =>
        from grant in grants
        group grant.Session by grant.Fence into owners
        where owners.Distinct().Count() > 1
        select $"fence {owners.Key} was granted to {string.Join(" and ", owners.Distinct())}";

    private static IEnumerable<string> Rising(IReadOnlyList<LockCall> calls, IReadOnlyList<LockCall> grants)
    {
        foreach (var later in grants)
        {
            foreach (var earlier in grants.Where(each => each.IsBefore(later) && each.Fence > later.Fence))
                yield return $"the fence went back: {earlier}, then {later}";
            foreach (var end in calls.Where(each => each.IsEnd && each.IsBefore(later) && each.Fence >= later.Fence))
                yield return $"a fence that had ended was granted again: {end}, then {later}";
        }
    }

    private static IEnumerable<string> Overlaps(IReadOnlyList<LockCall> calls, IReadOnlyList<LockCall> grants)
    {
        var holds = grants.GroupBy(grant => grant.Fence).Select(fence => Hold(calls, [.. fence])).OrderBy(hold => hold.From).ToList();
        for (var i = 0; i < holds.Count; i++)
            foreach (var other in holds.Skip(i + 1).Where(other => other.From < holds[i].Until))
                yield return $"two held it at once: {holds[i].First}, and {other.First}";
    }

    /// <summary>When the fence's session had the lock for certain: from the first answer on, until anything may have ended it.</summary>
    private static (TimeSpan From, TimeSpan Until, LockCall First) Hold(IReadOnlyList<LockCall> calls, IReadOnlyList<LockCall> grants)
    {
        var first = grants.MinBy(grant => grant.End)!;
        var ends = calls
            .Where(call => call.Answer != LockAnswer.Refused && (call.Answer == LockAnswer.Unknown || call.End >= first.Start))
            .Where(call => call.Act == LockAct.Break || (call.Act == LockAct.Release && call.Fence == first.Fence))
            .Select(call => call.Start);
        // The newest renewal counts, which may have made it shorter, as may one whose answer was lost.
        var newest = grants.MaxBy(grant => grant.Start)!;
        var lasts = calls
            .Where(call => call.Act is LockAct.Acquire or LockAct.Renew && call.Answer == LockAnswer.Unknown)
            .Where(call => call.Session == first.Session && call.Start > newest.Start)
            .Append(newest)
            .Min(call => call.Start + call.Lasts);
        return (first.End, ends.Append(lasts).Min(), first);
    }

    private static IEnumerable<string> Writes(IReadOnlyList<LockCall> calls, IReadOnlyList<LockCall> grants)
    {
        foreach (var write in calls.Where(call => call.IsWrite))
        {
            foreach (var grant in grants.Where(each => each.Fence > write.Fence && each.IsBefore(write)))
                yield return $"a stale fence wrote: {grant}, then {write}";
            foreach (var end in calls.Where(each => each.IsEnd && each.Fence == write.Fence && each.IsBefore(write)))
                yield return $"a fence that had ended wrote: {end}, then {write}";
            if (grants.Any(grant => grant.Fence == write.Fence && grant.Session != write.Session))
                yield return $"another's fence wrote: {write}";
        }
    }

    /// <summary>The highest fence under which a write back was acknowledged wrote last, or one above whose outcome is open.</summary>
    private static IEnumerable<string> Origin(IReadOnlyList<LockCall> calls, (string Session, int Number) origin)
    {
        var syncs = calls.Where(call => call.Act == LockAct.Sync && call.Answer != LockAnswer.Refused).ToList();
        var highest = syncs.Where(sync => sync.Answer == LockAnswer.Done).Select(sync => sync.Fence).DefaultIfEmpty().Max();
        var possible = syncs.Where(sync => sync.Fence >= highest && sync.Session == origin.Session).ToList();
        // A write back takes the newest save there is, so it may have found one whose answer was lost.
        var least = possible.Where(sync => sync.Answer == LockAnswer.Done).Select(sync => sync.Number).DefaultIfEmpty().Max();
        var sent = calls.Where(call => call.Act == LockAct.Save && call.Session == origin.Session).Select(call => call.Number).DefaultIfEmpty().Max();
        if (possible.Count > 0 ? origin.Number < least || origin.Number > sent : highest > 0)
            yield return $"the origin has save {origin.Number} of {origin.Session}, but fence {highest} wrote last";
    }
}
