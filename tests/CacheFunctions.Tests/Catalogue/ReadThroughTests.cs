using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>What reading by path remembers, and for how long.</summary>
public sealed class ReadThroughTests : IDisposable
{
    private readonly CatalogueWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_file_that_does_not_exist_is_not_looked_for_again_for_five_seconds()
    {
        await AssertMissingAsync();
        _world.Put("a.txt", "one");
        _world.Time.Advance(TimeSpan.FromSeconds(4.9));
        await AssertMissingAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("one", await _world.ReadAsync((await _world.Service.FindContentAsync(Caller.Machine, "a.txt")).File));
    }

    [Fact]
    public async Task A_copy_is_served_for_a_minute_without_asking_the_origin_and_then_compared()
    {
        _world.Put("a.txt", "one");
        await _world.Service.FindContentAsync(Caller.Machine, "a.txt");
        _world.Put("a.txt", "two, longer");
        _world.Time.Advance(TimeSpan.FromSeconds(59));
        var before = await _world.Service.FindContentAsync(Caller.Machine, "a.txt");
        Assert.Equal((true, "one"), (before.IsHit, await _world.ReadAsync(before.File)));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        var after = await _world.Service.FindContentAsync(Caller.Machine, "a.txt");
        Assert.Equal((false, "two, longer"), (after.IsHit, await _world.ReadAsync(after.File)));
        Assert.Single(_world.Copies);
    }

    [Fact]
    public async Task An_original_that_is_gone_is_not_found_and_its_copy_stays()
    {
        _world.Put("a.txt", "one");
        var file = (await _world.Service.FindContentAsync(Caller.Machine, "a.txt")).File;
        _world.Delete("a.txt");
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await AssertMissingAsync();
        Assert.Equal("one", await _world.ReadAsync(file));
    }

    private async Task AssertMissingAsync() => Assert.Equal(
        ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(async () => await _world.Service.FindContentAsync(Caller.Machine, "a.txt"))).Code);
}
