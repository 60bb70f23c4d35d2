using CacheFunctions.SelfHost.Functions.Routing;

namespace CacheFunctions.Tests.SelfHost.Routing;

public class FunctionRouterTests
{
    private static readonly FunctionRouter Router = new(Routes.Of(
        "GetFile: GET api/files/{id}",
        "SearchFiles: GET api/files/search",
        "AGuid: GET api/files/{id:guid}",
        "PutFile: PUT api/files/{id:guid}",
        "ListApp: GET files/{domain}/app",
        "PutApp: put get files/{domain}/app/{*filename:minlength(1)}",
        "Code: GET codes/{code:regex(^[a-z]{{3}}$)}",
        "Page: GET pages/{n:int?}",
        "Any: any/thing",
        "Root: GET {kind:alpha}",
        "Tail: GET {any}/tail",
        "ZzFallback: {*path}"));

    [Theory]
    // The order of names decides, not that a literal is more telling.
    [InlineData("GET", "/api/files/search", "GetFile")]
    [InlineData("GET", "/api/files/7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11", "AGuid")]
    [InlineData("PUT", "/API/Files/7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11/", "PutFile")]
    [InlineData("PUT", "/api/files/search", "ZzFallback")]
    [InlineData("HEAD", "/api/files/search", "ZzFallback")]
    [InlineData("OPTIONS", "/any/thing", "Any")]
    [InlineData("GET", "/files/social/app", "ListApp")]
    [InlineData("GET", "/files/social/app/", "ListApp")]
    [InlineData("GET", "/files/social/app/a/b c.txt", "PutApp")]
    [InlineData("GET", "/codes/abc", "Code")]
    [InlineData("GET", "/codes/abcd", "ZzFallback")]
    [InlineData("GET", "/pages", "Page")]
    [InlineData("GET", "/pages/3", "Page")]
    [InlineData("GET", "/pages/three", "ZzFallback")]
    [InlineData("GET", "/api/tail", "Tail")]
    [InlineData("GET", "/any/tail/", "Tail")]
    [InlineData("GET", "/anything", "Root")]
    [InlineData("GET", "/any", "Root")]
    [InlineData("GET", "/", "ZzFallback")]
    [InlineData("GET", "/api//files", "ZzFallback")]
    [InlineData("GET", "/codes/%61bc", "ZzFallback")]
    public void Find_when_several_could_answer_then_takes_the_first_by_name(string verb, string path, string expected) =>
        Assert.Equal(expected, Router.Find(verb, path)?.Function.Name);

    [Fact]
    public void Find_when_matched_then_gives_the_route_values()
    {
        var values = Router.Find("GET", "/files/social/app/a/b c.txt")!.Values;

        Assert.Equal(("social", "a/b c.txt"), (values["domain"], values["filename"]));
    }

    [Fact]
    public void Find_when_what_was_sent_looks_escaped_once_decoded_then_decodes_it_no_further() =>
        Assert.Equal("100%25/%00%2e%2e", Router.Find("GET", "/files/social/app/100%25/%00%2e%2e")!.Values["filename"]);

    [Fact]
    public void Find_when_no_function_fits_then_gives_none_and_says_which_verbs_do()
    {
        var router = new FunctionRouter(Routes.Of("A: GET HEAD a/{id:int}", "B: put a/{id}", "C: GET b"));

        Assert.Null(router.Find("POST", "/a/1"));
        Assert.Equal(["GET", "HEAD", "PUT"], router.VerbsOf("/a/1"));
        Assert.Equal(["PUT"], router.VerbsOf("/a/x"));
        Assert.Empty(router.VerbsOf("/c"));
    }

    [Fact]
    public void Find_when_a_path_is_asked_for_again_then_answers_the_same_however_long_it_is_and_for_each_verb()
    {
        var router = new FunctionRouter(Routes.Of("A: GET a/{*rest}", "B: PUT a/{*rest}"));
        foreach (var rest in (string[])["x", new string('x', 255), new string('y', 2000)])
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(("A", rest), Named(router.Find("GET", $"/a/{rest}")));
                Assert.Equal(("B", rest), Named(router.Find("put", $"/a/{rest}")));
                Assert.Null(router.Find("DELETE", $"/a/{rest}"));
            }
        }

        static (string, object?) Named(RouteMatch? match) => (match!.Function.Name, match.Values["rest"]);
    }

    [Theory]
    [InlineData("/api/files/7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11/part7")]
    [InlineData("/api/files/7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11/none/at/all")]
    public void Find_when_a_path_is_asked_for_again_then_allocates_nothing(string path)
    {
        var router = new FunctionRouter(Routes.Of(
            [.. Enumerable.Range(0, 100).Select(i => $"F{i}: GET api/files/{{id:guid}}/part{i}"), "Other: GET {a}/{b}"]));
        // The runtime itself allocates now and then while it recompiles what is hot; a call that allocates does so in every round.
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) router.Find("GET", path);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }
}
