using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Where the next attempt of a write back goes, and what it expects there.</summary>
/// <param name="Target">The session's own file when null, else a new conflict copy beside it.</param>
/// <param name="Replace">The origin's version that is to be overwritten; null: the one that the session builds on.</param>
internal sealed record WritePlan(OnConflict OnConflict, string? Target, OriginState? Replace)
{
    /// <summary>Whether a folder that has vanished is made again: the caller has decided that this work shall stand.</summary>
    public bool MakesFolder => OnConflict is OnConflict.Overwrite or OnConflict.KeepBoth;

    public static WritePlan First(OnConflict onConflict) => new(onConflict, null, null);

    /// <summary>What to try next, now that the origin is known to stand otherwise.</summary>
    public WritePlan After(OriginState actual, Session session, DateTimeOffset now, int attempt) =>
        OnConflict == OnConflict.KeepBoth
            ? this with { Target = ConflictName.For(session.Path, session.UserId, now, attempt) }
            : this with { Replace = actual };

    /// <summary>The path to write, what must stand there, and whether it is a conflict copy.</summary>
    public (string Path, Fingerprint? Expected, bool IsConflictCopy) For(Session session)
    {
        if (Target is not null) return (Target, null, true);
        if (Replace is not null) return (session.Path, Replace.Actual, false);
        // A copy kept before is brought up to date, so that a timer does not make a new one at every run.
        if (OnConflict == OnConflict.KeepBoth && session is { Conflict: not null, ConflictCopy: { } copy })
            return (copy.Path, copy.Fingerprint, true);
        return (session.Path, session.Base, false);
    }
}
