using System.Net.Http.Headers;
using CacheFunctions.IntegrationTests.Callers;
using static CacheFunctions.IntegrationTests.Catalogue.CatalogueWorld;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Users see what is cached for them; admins and machines see everything.</summary>
public sealed class CachedFileRightsTests
{
    [Fact]
    public async Task A_user_neither_sees_nor_changes_what_is_cached_for_others_and_does_not_remove_what_is_shared()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var world = await OpenAsync(null, "--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience);
        var (alice, bob, root) = (issuer.Token("alice"), issuer.Token("bob"), issuer.Token("root", "admin"));
        var id = await world.AddAsync("bob.txt", 2, """
            "user_id": "bob"
            """);
        var one = $"{FilesAddress}/{id}";
        foreach (var (verb, address) in new[]
        {
            ("GET", one), ("GET", one + "/content"), ("DELETE", one), ("POST", one + "/access"), ("PUT", one + "/pin"), ("DELETE", one + "/pin"),
        })
        {
            await ErrorAsync(404, "not_found", await SendAsync(address, alice, verb));
        }

        await DataAsync(await SendAsync(one + "/users/alice", root, "PUT"));
        await DataAsync(await SendAsync(one, alice));
        await ErrorAsync(403, "forbidden", await SendAsync(one, alice, "DELETE"));
        await DataAsync(await SendAsync(one + "/users/alice", alice, "DELETE"));
        await ErrorAsync(404, "not_found", await SendAsync(one, alice));
        foreach (var call in new[] { "/api/cached/cleanup", "/api/cached/verify" }) await ErrorAsync(403, "forbidden", await SendAsync(call, alice, "POST"));
        await DataAsync(await SendAsync(one, bob, "DELETE"));
        Assert.Equal("removed", (await DataAsync(await SendAsync(one, root))).GetProperty("status").GetString());

        async Task<HttpResponseMessage> SendAsync(string address, string token, string verb = "GET")
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await world.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Lists_statistics_and_exports_show_a_user_nothing_of_others()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var world = await OpenAsync(
            null, "--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience);
        var (alice, bob, root) = (issuer.Token("alice"), issuer.Token("bob"), issuer.Token("root", "admin"));
        await world.AddAsync("alice.txt", 1, """
            "user_id": "alice"
            """);
        var bobs = await world.AddAsync("bob.txt", 2, """
            "user_id": "bob"
            """);
        await world.AddAsync("nobody.txt", 4);
        await DataAsync(await world.Http.PostAsync($"{FilesAddress}/{bobs}/access", null));

        foreach (var address in new[] { FilesAddress, FilesAddress + "?user_id=alice", "/api/cached/users/alice/files" })
        {
            var list = await DataAsync(await SendAsync(address, alice));
            Assert.Equal(["alice.txt"], Names(list));
            Assert.Equal(1, list.GetProperty("pagination").GetProperty("total_count").GetInt32());
            Assert.Equal("alice", list.GetProperty("filter_applied").GetProperty("user_id").GetString());
        }

        Assert.Equal(["alice.txt"], Names(await DataAsync(await SendAsync(FilesAddress + "/search?q=txt", alice)), "results"));
        var own = await DataAsync(await SendAsync("/api/cached/statistics", alice));
        Assert.Equal((1, 1, 1), (own.GetProperty("total_files").GetInt32(), own.GetProperty("total_size_bytes").GetInt32(), own.GetProperty("users_count").GetInt32()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, own.GetProperty("most_accessed_file").ValueKind);
        Assert.Empty(own.GetProperty("top_files").EnumerateArray());
        Assert.Equal("alice", Assert.Single(own.GetProperty("top_users").EnumerateArray()).GetProperty("user_id").GetString());
        await DataAsync(await SendAsync("/api/cached/users/alice/stats", alice));

        foreach (var address in new[]
        {
            FilesAddress + "?user_id=bob", "/api/cached/users/bob/files", "/api/cached/users/bob/stats", "/api/cached/export", "/api/cached/export?user_id=alice",
        })
        {
            await ErrorAsync(403, "forbidden", await SendAsync(address, alice));
        }

        foreach (var (address, count) in new[] { (FilesAddress, 3), (FilesAddress + "?user_id=bob", 1), ("/api/cached/users/bob/files", 1) })
            Assert.Equal(count, Names(await DataAsync(await SendAsync(address, root))).Count());
        Assert.Equal(3, (await DataAsync(await SendAsync("/api/cached/statistics", root))).GetProperty("total_files").GetInt32());
        foreach (var token in new[] { root, null })
        {
            using var export = await SendAsync("/api/cached/export", token);
            Assert.Equal(4, (await export.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        }

        Assert.Equal(["bob.txt"], Names(await DataAsync(await SendAsync(FilesAddress, bob))));

        async Task<HttpResponseMessage> SendAsync(string address, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await world.Http.SendAsync(request);
        }
    }
}
