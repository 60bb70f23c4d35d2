using System.Net.Sockets;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Origins;

/// <summary>What is not a plain file beneath the root is neither read nor replaced.</summary>
public class DirectoryRefusalTests
{
    private static readonly byte[] Secret = "secret"u8.ToArray();

    public static TheoryData<string> Links => new("file inside", "file outside", "folder inside", "folder outside", "dangling", "to itself");

    [SkippableTheory]
    [MemberData(nameof(Links))]
    public async Task A_symbolic_link_is_not_followed_wherever_it_leads(string kind)
    {
        using var root = new OriginRoot();
        var path = Link(root, kind);

        await AssertRefusedAsync(root, path);

        Assert.Equal(Secret, root.Bytes("inside/file"));
        Assert.Equal(Secret, File.ReadAllBytes(Path.Combine(root.Outside, "file")));
        Assert.Single(Directory.GetFileSystemEntries(root.Outside));
    }

    [SkippableTheory]
    [InlineData("directory")]
    [InlineData("pipe")]
    [InlineData("socket")]
    public async Task What_is_not_a_file_is_refused_without_waiting_for_it(string kind)
    {
        using var root = new OriginRoot();
        using var socket = Make(root.At("thing"), kind);

        await AssertRefusedAsync(root, "thing").WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["thing"], root.Entries);
    }

    /// <summary>The rules refuse them before; should one slip through, the kernel does.</summary>
    [SkippableTheory]
    [InlineData("../outside/file")]
    [InlineData("inside/../../outside/file")]
    public async Task A_path_above_the_root_is_refused_even_past_the_rules(string path)
    {
        using var root = new OriginRoot();
        Link(root, "file inside");

        Assert.Throws<CacheException>(() => root.Origin.Rules.Normalise(path, "file_path"));
        await AssertRefusedAsync(root, path);

        Assert.Equal(Secret, File.ReadAllBytes(Path.Combine(root.Outside, "file")));
    }

    [SkippableFact]
    public async Task A_read_only_origin_reads_and_does_not_prepare()
    {
        using var root = new OriginRoot(readOnly: true);
        root.Put("a", Secret);

        Assert.NotNull(await root.OpenedAsync("a"));
        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.PrepareAsync(OriginRoot.Stage("a"), false, default));

        Assert.Equal(ErrorCode.Forbidden, error.Code);
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableTheory]
    [InlineData("link/new/a")]
    [InlineData("inside/../../outside/new/a")]
    [InlineData("inside/file/new/a")]
    public async Task No_folder_is_made_behind_a_link_a_file_or_above_the_root(string path)
    {
        using var root = new OriginRoot();
        Link(root, "folder outside");
        var before = root.Entries.ToList();

        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.PrepareAsync(OriginRoot.Stage(path), true, default));

        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        Assert.Single(Directory.GetFileSystemEntries(root.Outside));
        Assert.Equal(before, root.Entries);
    }

    private static async Task AssertRefusedAsync(OriginRoot root, string path)
    {
        var staged = OriginRoot.Stage(path);
        Func<Task>[] calls =
        [
            () => root.Origin.FindAsync(path, default),
            () => root.Origin.OpenReadAsync(path, default),
            () => root.Origin.PrepareAsync(staged, false, default),
            () => root.Origin.PrepareAsync(staged, true, default),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<CacheException>(call);
            Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        }
    }

    private static string Link(OriginRoot root, string kind)
    {
        root.Put("inside/file", Secret);
        File.WriteAllBytes(Path.Combine(root.Outside, "file"), Secret);
        var target = kind switch
        {
            "file inside" => "inside/file",
            "file outside" => Path.Combine(root.Outside, "file"),
            "folder inside" => "inside",
            "folder outside" => root.Outside,
            "dangling" => "nowhere",
            _ => "link",
        };
        File.CreateSymbolicLink(root.At("link"), target);
        return kind.StartsWith("folder", StringComparison.Ordinal) ? "link/file" : "link";
    }

    private static Socket? Make(string path, string kind)
    {
        if (kind == "directory") Directory.CreateDirectory(path);
        if (kind == "pipe") Skip.If(OriginRoot.Run("mkfifo", path) != 0, "There is no mkfifo here.");
        if (kind != "socket") return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }
}
