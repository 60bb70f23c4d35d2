using System.Net.Sockets;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Origins;

/// <summary>What lies in a real folder beside files: links, pipes, names that no caller could send.</summary>
public class DirectoryListingTests
{
    [SkippableFact]
    public async Task Only_what_can_be_opened_is_listed()
    {
        using var root = new OriginRoot();
        root.Put("b.txt", [1, 2]);
        Directory.CreateDirectory(root.At("c"));
        File.CreateSymbolicLink(root.At("a link"), "b.txt");
        File.CreateSymbolicLink(root.At("a link to a folder"), "c");
        root.Put("back\\slash", [1]);
        root.Put("new\nline", [1]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(root.At("a socket")));
        Assert.Equal(0, OriginRoot.Run("sh", "-c", "touch \"$1/$(printf 'bad\\377utf8')\"", "sh", root.Folder));
        Assert.Equal(8, Directory.GetFileSystemEntries(root.Folder).Length);

        var all = await root.Origin.ListAsync("", null, 100, default);
        // What falls out does not end the list early.
        var first = await root.Origin.ListAsync("", null, 1, default);
        var second = await root.Origin.ListAsync("", "b.txt", 1, default);

        // The framework could not.
        Assert.Equal(0, OriginRoot.Run("sh", "-c", "rm \"$1\"/bad*utf8", "sh", root.Folder));
        Assert.Equal([("b.txt", false, 2L), ("c", true, null)], all.Select(entry => (entry.Name, entry.IsFolder, entry.SizeBytes)));
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero), all[0].ModifiedAt);
        Assert.Equal(["b.txt", "c"], [first.Single().Name, second.Single().Name]);
    }

    [SkippableTheory]
    [InlineData("link")]
    [InlineData("link/inner")]
    [InlineData("../outside")]
    public async Task A_folder_behind_a_link_or_above_the_root_is_not_listed(string folder)
    {
        using var root = new OriginRoot();
        Directory.CreateDirectory(Path.Combine(root.Outside, "inner"));
        File.CreateSymbolicLink(root.At("link"), root.Outside);

        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.ListAsync(folder, null, 10, default));

        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
    }

    [SkippableFact]
    public async Task Pages_of_a_large_folder_give_every_name_once()
    {
        const int Files = 5000;
        using var root = new OriginRoot();
        for (var i = 0; i < Files; i++) File.Create(root.At($"{i * 7919 % Files:00000}")).Dispose();

        var names = new List<string>();
        while (names.Count < Files)
        {
            var page = await root.Origin.ListAsync("", names.LastOrDefault(), 1000, default);
            Assert.Equal(1000, page.Count);
            names.AddRange(page.Select(entry => entry.Name));
        }

        Assert.Equal(Enumerable.Range(0, Files).Select(i => $"{i:00000}"), names);
        Assert.Empty(await root.Origin.ListAsync("", names[^1], 1000, default));
    }
}
