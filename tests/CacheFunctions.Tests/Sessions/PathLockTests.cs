using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class PathLockTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_lock_is_lost_once_a_higher_fence_was_granted_however_late_it_is_by_the_readers_clock()
    {
        var held = new PathLock("nas", "a.txt", 3, new LockHolder("first", "alice", 3, Now.AddMinutes(1), 60), null);
        Assert.NotNull(held.ActiveHolder(Now));

        // An instance whose clock is ahead saw it expire and let another session write.
        var passed = held with { Fence = 4 };
        Assert.Null(passed.ActiveHolder(Now));
    }
}
