using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Directories;

public sealed class RegistrationTests : IDisposable
{
    private readonly DirectoryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_list_is_sorted_by_when_they_expire(bool descending)
    {
        foreach (var path in new[] { "a", "b", "c", "a" })
        {
            _world.Time.Advance(TimeSpan.FromMinutes(1));
            await _world.FillAsync(path);
        }

        var query = new DirectoryQuery(2, DirectorySort.ExpiresAt, descending, null);
        var (first, next) = await _world.Service.ListAsync(query);
        var (second, _) = await _world.Service.ListAsync(query with { After = next });

        string[] expected = ["b", "c", "a"];
        Assert.Equal(descending ? expected.Reverse() : expected, first.Concat(second).Select(each => each.Path));
    }

    [Fact]
    public async Task Registering_counts_what_lies_there_at_any_depth_and_nothing_beside_it()
    {
        await _world.PutAsync("a/one", "1");
        await _world.PutAsync("a/b/c/two", "22");
        await _world.PutAsync("ab/three", "333");

        var directory = await _world.RegisterAsync("a");

        Assert.Equal((3, 2), (directory.SizeBytes, directory.FileCount));
    }

    [Fact]
    public async Task Registering_again_counts_once_and_anew_and_extends_the_ttl()
    {
        var first = await _world.FillAsync("a", "four");
        await _world.PutAsync("a/more", "five!");
        _world.Time.Advance(TimeSpan.FromHours(1));

        var again = await _world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("a"));

        Assert.False(again.IsNew);
        Assert.Equal((9, 2, first.RegisteredAt), (again.Directory!.SizeBytes, again.Directory.FileCount, again.Directory.RegisteredAt));
        Assert.Equal(_world.Time.GetUtcNow(), again.Directory.LastAccessed);
        Assert.Equal((1, 9), await TotalsAsync());
    }

    [Fact]
    public async Task A_directory_in_another_counts_its_bytes_once_in_whichever_order_they_come()
    {
        await _world.PutAsync("b/one", "1");
        await _world.FillAsync("b/inner", "22");
        Assert.Equal((1, 2), await TotalsAsync());
        await _world.RegisterAsync("b");
        await _world.FillAsync("b/inner/deep", "333");
        // Neither in it, nor around it.
        await _world.FillAsync("b-side", "4444");

        Assert.Equal((4, 10), await TotalsAsync());
        Assert.Equal((6, 5), ((await _world.GetAsync("b")).SizeBytes, (await _world.GetAsync("b/inner")).SizeBytes));
    }

    [Fact]
    public async Task Storing_replacing_and_deleting_a_file_changes_the_size_of_all_that_hold_it()
    {
        await _world.FillAsync("a/b", "4444");
        await _world.RegisterAsync("a");

        await _world.PutAsync("a/b/new", "22");
        await _world.PutAsync("a/b/file", "1");
        Assert.Equal((3, 2), Size(await _world.GetAsync("a")));
        await _world.Service.DeleteContentAsync(Caller.Machine, DirectoryPath.OfFile("a/b/new"));

        Assert.Equal((1, 1), Size(await _world.GetAsync("a")));
        Assert.Equal((1, 1), Size(await _world.GetAsync("a/b")));
    }

    [Fact]
    public async Task What_was_stored_past_the_service_is_counted_by_night()
    {
        await _world.FillAsync("a/b", "22");
        await _world.FillAsync("c", "1");
        await _world.RegisterAsync("a");
        await _world.Contents.WriteAsync("directories", "a/b/past", new MemoryStream(new byte[5]), 5, default);

        Assert.Equal(2, await _world.Service.RunMaintenanceAsync());

        Assert.Equal((7, 2), Size(await _world.GetAsync("a")));
        Assert.Equal((7, 2), Size(await _world.GetAsync("a/b")));
        Assert.Equal((1, 1), Size(await _world.GetAsync("c")));
        Assert.Equal(0, await _world.Service.RunMaintenanceAsync());
    }

    [Fact]
    public async Task What_holds_nothing_cannot_be_registered() =>
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CacheException>(() => _world.RegisterAsync("a"))).Code);

    [Fact]
    public async Task Many_who_register_one_directory_at_once_register_it_once()
    {
        await _world.PutAsync("a/file");
        var other = _world.NewInstance();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => (i % 2 == 0 ? _world.Service : other.Service).RegisterAsync(Caller.Machine, DirectoryPath.Of("a"))));

        Assert.Single(all, each => each.IsNew);
        Assert.Equal(["a"], await _world.RegisteredAsync());
    }

    [Fact]
    public async Task Another_instance_sees_what_was_registered_and_forgotten()
    {
        var other = _world.NewInstance();
        Assert.Empty((await other.Service.ListAsync(new DirectoryQuery(10, DirectorySort.Path, false, null))).Page);
        await _world.FillAsync("a");
        await _world.FillAsync("b");
        await _world.Service.RemoveAsync(Caller.Machine, DirectoryPath.Of("a"), removeFiles: false);
        await _world.Instance.Index.SendTouchesAsync(default);
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        var seen = await other.Service.ListAsync(new DirectoryQuery(10, DirectorySort.Path, false, null));

        Assert.Equal(["b"], seen.Page.Select(directory => directory.Path));
    }

    [Theory]
    [InlineData("path")]
    [InlineData("-path")]
    [InlineData("size_bytes")]
    [InlineData("-size_bytes")]
    public async Task Pages_of_a_list_hold_each_directory_once_in_order(string sort)
    {
        foreach (var i in Enumerable.Range(0, 11)) await _world.FillAsync($"d{i:00}", new string('x', 1 + i % 3));
        var query = new DirectoryQuery(4, sort.EndsWith("path", StringComparison.Ordinal) ? DirectorySort.Path : DirectorySort.SizeBytes, sort[0] == '-', null);

        var listed = new List<CachedDirectory>();
        for (var more = true; more;)
        {
            var (page, next) = await _world.Service.ListAsync(query);
            listed.AddRange(page);
            (query, more) = (query with { After = next }, next is not null);
        }

        Assert.Equal(11, listed.Select(directory => directory.Path).Distinct().Count());
        var expected = query.Sort == DirectorySort.Path
            ? listed.OrderBy(directory => directory.Path, StringComparer.Ordinal)
            : listed.OrderBy(directory => directory.SizeBytes).ThenBy(directory => directory.Path, StringComparer.Ordinal);
        Assert.Equal(query.Descending ? expected.Reverse() : expected, listed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("c:/a")]
    [InlineData("a%2Fb")]
    [InlineData("a\u0001")]
    [InlineData("a\uFFFE")]
    public void A_path_that_is_none_is_refused_by_its_field(string path) =>
        Assert.StartsWith("path: ", Assert.Throws<CacheException>(() => DirectoryPath.Of(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_path_that_is_too_long_or_too_deep_is_refused()
    {
        Assert.Contains("1024 characters", Assert.Throws<CacheException>(() => DirectoryPath.Of(string.Join('/', Enumerable.Repeat(new string('a', 200), 6)))).Message, StringComparison.Ordinal);
        Assert.Contains("32 levels", Assert.Throws<CacheException>(() => DirectoryPath.Of(string.Join('/', Enumerable.Repeat("a", 33)))).Message, StringComparison.Ordinal);
        Assert.Equal(32, DirectoryPath.Of(string.Join('/', Enumerable.Repeat("a", 32))).Ancestors.Count() + 1);
    }

    [Fact]
    public void Two_spellings_of_one_letter_are_one_path() =>
        Assert.Equal(DirectoryPath.Of("caf\u00e9").Id, DirectoryPath.Of("cafe\u0301").Id);

    private static (long Size, long Files) Size(CachedDirectory directory) => (directory.SizeBytes, directory.FileCount);

    private async Task<(int Count, long Bytes)> TotalsAsync()
    {
        var statistics = await _world.Service.StatisticsAsync(exact: true);
        return (statistics.DirectoryCount, statistics.TotalBytes);
    }
}
