using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

public sealed class SharedWorkTests
{
    private readonly SharedWork _shared = new();
    private int _runs;
    private bool _isDone;

    [Fact]
    public async Task Who_came_before_the_work_was_begun_is_told_of_its_failure_and_who_comes_later_tries_again()
    {
        TaskCompletionSource[] ends = [new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)];
        // The first has begun when the others come, so it says nothing to them; but the second does.
        var waiting = Enumerable.Range(0, 8).Select(_ => AskAsync(async () => await ends[_runs++].Task)).ToList();
        foreach (var end in ends) end.SetException(CacheException.Unavailable("Storage is down."));
        foreach (var each in waiting)
        {
            var error = await Assert.ThrowsAsync<CacheException>(() => each);
            Assert.Equal((ErrorCode.Unavailable, "Storage is down.", true), (error.Code, error.Message, error.RetryAfter is not null));
        }

        Assert.Equal(2, _runs);
        Assert.True(await AskAsync(DoAsync));
        Assert.Equal(3, _runs);
    }

    [Fact]
    public async Task What_was_done_for_one_is_done_for_all_who_waited()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, 8).Select(_ => AskAsync(async () =>
        {
            await end.Task;
            await DoAsync();
        })).ToList();
        end.SetResult();
        var isOwn = await Task.WhenAll(waiting);
        Assert.Equal([true, .. Enumerable.Repeat(false, 7)], isOwn);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Who_gave_up_says_nothing_to_the_others()
    {
        using var given = new CancellationTokenSource();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = AskAsync(() => end.Task);
        var second = AskAsync(() => Task.Delay(Timeout.Infinite, given.Token));
        var third = AskAsync(DoAsync);
        end.SetException(CacheException.Unavailable("Storage is down."));
        await Assert.ThrowsAsync<CacheException>(() => first);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(await third);
    }

    private Task<bool> AskAsync(Func<Task> work) => _shared.RunAsync(() => _isDone, work, default);

    private Task DoAsync()
    {
        _runs++;
        _isDone = true;
        return Task.CompletedTask;
    }
}
