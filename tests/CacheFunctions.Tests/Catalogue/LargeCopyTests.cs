using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>Large files are copied by jobs, one for a file at a time.</summary>
public sealed class LargeCopyTests : IDisposable
{
    private const string Text = "a text that is longer than ten bytes";

    private readonly CatalogueWorld _world = new(new CatalogueSettings { LargeBytes = 10, RevalidateAfter = TimeSpan.Zero });

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task One_that_is_copied_quickly_is_answered_as_any_other()
    {
        _world.Put("a.bin", Text);
        var added = await _world.Service.AddCachedFileAsync(
            Caller.Machine, new AddCachedFile("a.bin", UserId: "alice", Metadata: """{"year":1999}"""));
        Assert.True(added.IsNew);
        Assert.Equal(("""{"year":1999}""", "alice"), (added.File!.Metadata, added.File.TriggeredByUser));
        Assert.Equal(Text, await _world.ReadAsync(added.File));
        Assert.Equal(added.File.Content, Assert.Single(_world.Copies));
    }

    [Fact]
    public async Task Instances_that_are_asked_at_once_copy_once_and_name_the_same_job()
    {
        _world.Put("a.bin", Text);
        var slow = new GatedContentStore(_world.Contents);
        var (first, jobs) = _world.NewInstance(through: slow);
        var (second, _) = _world.NewInstance(through: slow);
        var one = first.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a.bin"));
        await slow.Waiting;
        var two = second.AddCachedFileAsync(new Caller("bob", false), new AddCachedFile("/mnt/nas/a.bin"));
        await _world.UntilAsync(() => Task.FromResult(one.IsCompleted && two.IsCompleted), TimeSpan.FromSeconds(1));
        var pending = (await one).Pending!;
        Assert.Null((await one).File);
        Assert.Equal(pending.Id, (await two).Pending!.Id);
        Assert.Equal(JobState.Running, (await jobs.GetAsync(new Caller("bob", false), pending.Id, default)).State);
        var id = CachedFileId.Of("nas\na.bin");
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(() => first.GetCachedFileByIdAsync(Caller.Machine, id))).Code);

        // Who reads it meanwhile need not wait for the copy.
        var served = first.FindContentAsync(Caller.Machine, "a.bin").AsTask();
        await _world.UntilAsync(() => Task.FromResult(served.IsCompleted), TimeSpan.FromSeconds(1));
        Assert.False((await served).IsHit);
        Assert.Equal(Text, await _world.ReadAsync((await served).File));

        slow.Open();
        await _world.UntilAsync(async () => (await jobs.GetAsync(Caller.Machine, pending.Id, default)).State == JobState.Succeeded);
        Assert.Equal(Text.Length, slow.BytesWritten);
        Assert.False((await second.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a.bin"))).IsNew);
        Assert.Single(_world.Copies);
    }

    [Fact]
    public async Task A_new_version_takes_the_old_ones_place()
    {
        _world.Put("a.bin", Text);
        var before = await _world.AddAsync("a.bin");
        _world.Put("a.bin", Text + ", changed");
        var served = await _world.Service.FindContentAsync(Caller.Machine, "a.bin");
        Assert.False(served.IsHit);
        Assert.Equal(Text + ", changed", await _world.ReadAsync(served.File));
        Assert.NotEqual(before.Content, served.File.Content);
        Assert.Equal(served.File.Content, Assert.Single(_world.Copies));
        Assert.True((await _world.Service.FindContentAsync(Caller.Machine, "a.bin")).IsHit);
    }

    [Fact]
    public async Task A_copy_whose_instance_died_at_any_step_is_finished_by_another_and_leaves_one_copy()
    {
        for (var step = 1; ; step++)
        {
            using var world = new CatalogueWorld(new CatalogueSettings { LargeBytes = 10 });
            world.Put("a.bin", Text);
            var (service, _) = world.NewInstance(new Death(step));
            var hasEnded = true;
            try
            {
                await service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a.bin"), "key");
            }
            catch (InstanceDiedException)
            {
                hasEnded = false;
            }

            world.Time.Advance(TimeSpan.FromMinutes(2));
            await world.Jobs.ResumeAllAsync(TimeSpan.FromMinutes(1), default);
            // The caller comes again with the same key, as callers do when they got no answer.
            var added = await world.Service.AddCachedFileAsync(Caller.Machine, new AddCachedFile("a.bin"), "key");
            Assert.True(added.IsNew, $"died at step {step}");
            Assert.Equal(Text, await world.ReadAsync(added.File!));
            world.Time.Advance(TimeSpan.FromDays(2));
            await world.Service.VerifyCacheIntegrityAsync(Caller.Machine);
            Assert.Equal(added.File!.Content, Assert.Single(world.Copies));
            if (hasEnded) return;
        }
    }

    [Fact]
    public async Task What_can_never_be_copied_fails_the_job_and_frees_its_claim()
    {
        using var world = new CatalogueWorld(new CatalogueSettings { LargeBytes = 10, MaxBytes = Text.Length + 5 });
        world.Put("a.bin", Text);
        world.Put("pinned", "ten bytes.");
        await world.Service.PinFileAsync(Caller.Machine, (await world.AddAsync("pinned")).Id, true);
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<CacheException>(() => world.AddAsync("a.bin"));
            Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        }
    }
}
