using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class StuckPreparationTests
{
    [Fact]
    public async Task A_session_whose_preparation_was_given_up_is_cleaned_up_and_one_in_preparation_is_not()
    {
        using var world = new SessionWorld(largeBytes: 1);
        world.Put("a.txt", "content");
        var slow = new GatedContentStore(world.Contents);
        var (service, _) = world.NewInstanceWithJobs(through: slow);
        var creating = service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt"));
        await slow.Waiting;
        await world.OutwaitPatienceAsync();
        var session = await creating;
        world.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Empty((await world.Service.CleanupInactiveSessionsAsync(Caller.Machine)).Cleaned);

        // Its job is gone, as after a day in which nobody could end it properly.
        var row = await world.Records.GetAsync("control", "jobs", "r|" + session.JobId, default);
        await world.Records.CommitAsync("control", "jobs", [CacheFunctions.Storage.RowChange.Delete(row!)], default);
        Assert.Equal(session.Id, Assert.Single((await world.Service.CleanupInactiveSessionsAsync(Caller.Machine)).Cleaned).SessionId);
    }
}
