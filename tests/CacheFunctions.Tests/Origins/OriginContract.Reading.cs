using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Origins;

public abstract partial class OriginContract
{
    [SkippableTheory]
    [InlineData("a.txt")]
    [InlineData("deep/er/日本 😀.txt")]
    [InlineData("a b+c%20d#e&f=(g)/'h'.txt")]
    public async Task A_file_reads_whole_with_its_size(string path)
    {
        var origin = await OriginAsync();
        await PutAsync(path, Old);

        await using var file = await origin.OpenReadAsync(path, default);

        Assert.Equal(Old, await ReadAsync(file));
        Assert.Equal(Old.Length, file.Fingerprint.SizeBytes);
        Assert.Null(file.Fingerprint.Sha256);
        Assert.False(await file.HasChangedAsync());
        Assert.Equal(file.Fingerprint, await origin.FindAsync(path, default));
    }

    [SkippableFact]
    public async Task An_empty_file_reads_as_empty()
    {
        var origin = await OriginAsync();
        await PutAsync("a", []);

        await using var file = await origin.OpenReadAsync("a", default);

        Assert.Empty(await ReadAsync(file));
        Assert.Equal(0, file.Fingerprint.SizeBytes);
        Assert.False(await file.HasChangedAsync());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_changes_while_it_is_open_says_so(bool isRemoved)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        await using var file = await origin.OpenReadAsync("a", default);
        Assert.False(await file.HasChangedAsync());

        if (isRemoved) await DeleteAsync("a");
        else await PutAsync("a", Foreign);

        Assert.True(await file.HasChangedAsync());
        Assert.NotEqual(file.Fingerprint.Version, (await origin.FindAsync("a", default))?.Version);
    }

    [SkippableTheory]
    [InlineData("missing")]
    [InlineData("missing/a")]
    [InlineData("a/b")]
    public async Task A_missing_file_or_folder_is_not_found(string path)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);

        Assert.Null(await origin.FindAsync(path, default));
        var error = await RefusedAsync(ErrorCode.NotFound, () => origin.OpenReadAsync(path, default));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }
}
