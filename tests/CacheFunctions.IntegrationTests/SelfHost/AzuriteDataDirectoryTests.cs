using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.IntegrationTests.SelfHost;

public sealed class AzuriteDataDirectoryTests
{
    [Fact]
    public void Default_when_two_checkouts_have_one_name_then_each_has_its_own_folder()
    {
        var one = LocalDataDirectory.Choose(null, "/home/a/cache/");
        var other = LocalDataDirectory.Choose(null, "/home/b/cache");

        Assert.NotEqual(one, other);
        Assert.Equal(one, LocalDataDirectory.Choose("", "/home/a/cache"));
        Assert.Matches("^cache-[0-9a-f]{8}$", Path.GetFileName(one));
    }

    [Fact]
    public void Setting_when_relative_then_starts_at_the_content_root() =>
        Assert.Equal(Path.GetFullPath("/srv/app/data"), LocalDataDirectory.Choose("data", "/srv/app"));

    [Fact]
    public void Open_when_it_cannot_be_made_then_says_so_and_names_the_ways_out()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(temp.Combine("file"), "");

        var refused = Assert.Throws<CacheException>(() => LocalDataDirectory.Open(temp.Combine("file")));
        Assert.Equal(ErrorCode.Unavailable, refused.Code);
        Assert.Contains("Local:DataDirectory", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Open_when_there_is_none_then_makes_one_for_the_user_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var temp = new TempDirectory();
        using var data = LocalDataDirectory.Open(temp.Combine("data"));

        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
    }
}
