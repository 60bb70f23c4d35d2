using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Tests.Origins;

public abstract partial class OriginContract
{
    // "a" is a folder, and sorts before names that continue it with a sign below the slash.
    private static readonly string[] Paths = ["B", "a+b", "a-b", "a.txt", "a/inner/x", "a/y", "b/1", "c", "é", "日本.txt"];
    private static readonly string[] Names = ["B", "a", "a+b", "a-b", "a.txt", "b", "c", "é", "日本.txt"];

    [SkippableFact]
    public async Task A_folder_lists_its_files_and_folders_in_ordinal_order()
    {
        var origin = await WithPathsAsync();

        var root = await origin.ListAsync("", null, 100, default);
        Assert.Equal(Names, root.Select(entry => entry.Name));
        Assert.Equal(["a", "b"], root.Where(entry => entry.IsFolder).Select(entry => entry.Name));
        Assert.All(root, entry => Assert.Equal(entry.IsFolder ? null : Old.Length, entry.SizeBytes));
        Assert.Equal((await origin.FindAsync("c", default))!.ModifiedAt, root.Single(entry => entry.Name == "c").ModifiedAt);

        Assert.Equal([("inner", true), ("y", false)], (await origin.ListAsync("a", null, 100, default)).Select(entry => (entry.Name, entry.IsFolder)));
        Assert.Equal(["x"], (await origin.ListAsync("a/inner", null, 100, default)).Select(entry => entry.Name));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task Pages_give_every_name_once(int limit)
    {
        var origin = await WithPathsAsync();

        var names = new List<string>();
        IReadOnlyList<OriginEntry> page;
        do
        {
            page = await origin.ListAsync("", names.LastOrDefault(), limit, default);
            Assert.True(page.Count <= limit);
            names.AddRange(page.Select(entry => entry.Name));
        }
        while (page.Count == limit);

        Assert.Equal(Names, names);
    }

    [SkippableFact]
    public async Task A_page_begins_after_a_name_that_need_not_be_there()
    {
        var origin = await WithPathsAsync();

        Assert.Equal(["a.txt", "b"], (await origin.ListAsync("", "a.", 2, default)).Select(entry => entry.Name));
        Assert.Empty(await origin.ListAsync("", "日本.txt", 2, default));
    }

    [SkippableFact]
    public async Task An_origin_without_files_lists_nothing() =>
        Assert.Empty(await (await OriginAsync()).ListAsync("", null, 10, default));

    [SkippableTheory]
    [InlineData("missing", ErrorCode.NotFound)]
    [InlineData("a/missing", ErrorCode.NotFound)]
    [InlineData("c", ErrorCode.InvalidArgument)]
    [InlineData("a/y", ErrorCode.InvalidArgument)]
    public async Task What_is_not_a_folder_is_not_listed(string folder, ErrorCode code)
    {
        var origin = await WithPathsAsync();

        await RefusedAsync(code, () => origin.ListAsync(folder, null, 10, default));
    }

    [SkippableFact]
    public async Task A_write_that_is_under_way_is_not_listed()
    {
        var origin = await WithPathsAsync();
        await origin.PrepareAsync(Stage("a/y", 1), false, default);
        await StageAsync(origin, Stage("a/z", 2), New);

        Assert.Equal(["inner", "y"], (await origin.ListAsync("a", null, 10, default)).Select(entry => entry.Name));
    }

    private async Task<IOrigin> WithPathsAsync()
    {
        var origin = await OriginAsync();
        foreach (var path in Paths) await PutAsync(path, Old);
        return origin;
    }
}
