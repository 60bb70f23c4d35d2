namespace CacheFunctions.IntegrationTests.Sessions.Histories;

/// <summary>The checker finds what is wrong in histories that are, and nothing in those that are not.</summary>
public sealed class LockHistoryTests
{
    [Fact]
    public void An_orderly_history_is_fine() => Fine(
        ("a", 1),
        Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Renew, "a", 1, 20), Call(LockAct.Save, "a", 1, 40, number: 1),
        Call(LockAct.Sync, "a", 1, 60, number: 1), Call(LockAct.Release, "a", 1, 80), Call(LockAct.Acquire, "b", 2, 100),
        Call(LockAct.Save, "a", 1, 120, LockAnswer.Refused, number: 2));

    [Fact]
    public void What_overlaps_has_no_order() => Fine(
        ("", 0),
        Call(LockAct.Acquire, "b", 2, 0, end: 50), Call(LockAct.Acquire, "a", 1, 40, end: 90), Call(LockAct.Break, "c", 1, 20, end: 60));

    [Fact]
    public void An_expired_a_broken_and_a_perhaps_released_lock_may_be_granted_to_others()
    {
        Fine(("", 0), Call(LockAct.Acquire, "a", 1, 0, lasts: 30), Call(LockAct.Acquire, "b", 2, 40));
        Fine(("", 0), Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Renew, "a", 1, 20, lasts: 10), Call(LockAct.Acquire, "b", 2, 40));
        Fine(("", 0), Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Renew, "a", 1, 20, LockAnswer.Unknown, lasts: 10), Call(LockAct.Acquire, "b", 2, 40));
        Fine(("", 0), Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Break, "c", 1, 20, LockAnswer.Unknown), Call(LockAct.Acquire, "b", 2, 40));
        Fine(("", 0), Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Release, "a", 1, 20, LockAnswer.Unknown), Call(LockAct.Acquire, "b", 2, 40));
    }

    [Fact]
    public void One_fence_of_two_sessions_is_found() =>
        Wrong("was granted to a and b", Call(LockAct.Acquire, "a", 1, 0, lasts: 5), Call(LockAct.Acquire, "b", 1, 20));

    [Fact]
    public void A_fence_that_goes_back_is_found() =>
        Wrong("went back", Call(LockAct.Acquire, "a", 2, 0, lasts: 5), Call(LockAct.Acquire, "b", 1, 20));

    [Fact]
    public void A_fence_that_is_granted_again_after_its_release_is_found() => Wrong(
        "granted again", Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Release, "a", 1, 20), Call(LockAct.Acquire, "a", 1, 40));

    [Fact]
    public void Two_holders_at_once_are_found()
    {
        Wrong("two held it", Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Acquire, "b", 2, 20));
        // A renewal lets it last longer; a break that was refused ended nothing, nor did one before it.
        Wrong(
            "two held it",
            Call(LockAct.Break, "c", 0, -30), Call(LockAct.Acquire, "a", 1, 0, lasts: 30), Call(LockAct.Renew, "a", 1, 20, lasts: 100),
            Call(LockAct.Break, "c", 1, 40, LockAnswer.Refused), Call(LockAct.Acquire, "b", 2, 60));
    }

    [Theory]
    [InlineData(LockAct.Save)]
    [InlineData(LockAct.Sync)]
    public void A_write_under_a_stale_an_ended_or_anothers_fence_is_found(object act)
    {
        var write = (LockAct)act;
        Wrong("stale fence wrote", Call(LockAct.Acquire, "a", 1, 0, lasts: 5), Call(LockAct.Acquire, "b", 2, 20), Call(write, "a", 1, 40));
        Wrong("had ended wrote", Call(LockAct.Acquire, "a", 1, 0), Call(LockAct.Break, "c", 1, 20), Call(write, "a", 1, 40));
        Wrong("another's fence wrote", Call(LockAct.Acquire, "a", 1, 0), Call(write, "b", 1, 40));
    }

    [Fact]
    public void An_origin_that_the_highest_fence_did_not_write_is_found()
    {
        LockCall[] calls =
        [
            Call(LockAct.Acquire, "a", 1, 0, lasts: 5), Call(LockAct.Save, "a", 1, 20, number: 1), Call(LockAct.Sync, "a", 1, 40, number: 1),
            Call(LockAct.Acquire, "b", 2, 60), Call(LockAct.Save, "b", 2, 80, number: 1), Call(LockAct.Sync, "b", 2, 100, number: 1),
            Call(LockAct.Save, "b", 2, 120, number: 2),
        ];
        Fine(("b", 1), calls);
        foreach (var origin in new[] { ("a", 1), ("b", 0), ("b", 3), ("c", 1) })
            Assert.Contains("wrote last", Assert.Single(Check(origin, calls)), StringComparison.Ordinal);
        Fine(("b", 2), [.. calls, Call(LockAct.Sync, "b", 2, 140, LockAnswer.Unknown, number: 2)]);
        Fine(("c", 1), [.. calls, Call(LockAct.Save, "c", 3, 140, LockAnswer.Unknown, number: 1), Call(LockAct.Sync, "c", 3, 160, LockAnswer.Unknown)]);
    }

    private static LockCall Call(
        LockAct act, string session, long fence, int start, LockAnswer answer = LockAnswer.Done, int? end = null, int lasts = 1000, int number = 0) =>
        new(act, "p", session, TimeSpan.FromMilliseconds(start), TimeSpan.FromMilliseconds(end ?? start + 10), answer, fence, TimeSpan.FromMilliseconds(lasts), number);

    private static IReadOnlyList<string> Check((string, int) origin, params LockCall[] calls) =>
        LockHistory.Check(calls, new Dictionary<string, (string, int)> { ["p"] = origin });

    private static void Fine((string, int) origin, params LockCall[] calls) => Assert.Empty(Check(origin, calls));

    private static void Wrong(string what, params LockCall[] calls) =>
        Assert.Contains(Check(("", 0), calls), found => found.Contains(what, StringComparison.Ordinal));
}
