using CacheFunctions.SelfHost.Functions.Routing;

namespace CacheFunctions.Tests.SelfHost.Routing;

public class RouteOverlapsTests
{
    [Theory]
    [InlineData("A: GET files/{id}", "B: GET files/search")]
    [InlineData("A: GET files/{id:int}", "B: GET files/7")]
    [InlineData("A: files/{id}", "B: PUT files/{name}")]
    [InlineData("A: GET HEAD f/{*path}", "B: HEAD f/a/b")]
    [InlineData("A: GET f/{*path}", "B: GET f")]
    [InlineData("A: GET f/{*path:minlength(1)}", "B: GET f/{id}")]
    [InlineData("A: GET f/{id?}", "B: GET f")]
    [InlineData("A: GET f/{id:guid}", "B: GET f/{name:minlength(3)}")]
    [InlineData("A: GET f/{id:guid}", "B: GET f/{n:int}")]
    [InlineData("A: GET f/{a}.{b}", "B: GET f/{n:int}")]
    [InlineData("A: GET f/{n:range(1,5)}", "B: GET f/{n:min(5)}")]
    [InlineData("A: GET {*path}", "B: GET f")]
    [InlineData("A: GET F/x", "B: GET f/X")]
    public void Find_when_a_request_could_fit_both_then_reports_the_pair(string a, string b) =>
        Assert.Single(RouteOverlaps.Find(Routes.Of(a, b)));

    [Theory]
    [InlineData("A: GET files/{id:guid}", "B: GET files/search")]
    [InlineData("A: GET files/{id}", "B: PUT files/search")]
    [InlineData("A: GET files/{id:regex(^(?!(search|export)$))}", "B: GET files/search")]
    [InlineData("A: GET f/{*path:minlength(1)}", "B: GET f")]
    [InlineData("A: GET f/{id}/x", "B: GET f/{id}/y")]
    [InlineData("A: GET f/{id}", "B: GET f/{id}/y")]
    [InlineData("A: GET f/{id:guid}", "B: GET f/{name:maxlength(31)}")]
    [InlineData("A: GET f/{n:range(1,4)}", "B: GET f/{n:min(5)}")]
    [InlineData("A: GET f/{n:int}", "B: GET f/{name:alpha}")]
    [InlineData("A: GET f/{name:length(1,2)}", "B: GET f/{name:length(3,4)}")]
    [InlineData("A: GET f/{*path:regex(^(?!a/b$))}", "B: GET f/a/b")]
    public void Find_when_no_request_fits_both_then_reports_nothing(string a, string b) =>
        Assert.Empty(RouteOverlaps.Find(Routes.Of(a, b)));

    [Fact]
    public void Find_when_the_last_by_name_is_a_bare_catch_all_then_it_may_take_what_is_left() =>
        Assert.Empty(RouteOverlaps.Find(Routes.Of("ZzFallback: {*path}", "A: GET a", "B: GET {b:int}")));

    [Fact]
    public void Find_when_it_reports_nothing_then_no_path_fits_two()
    {
        var random = new Random(20260101);
        string[] parts = ["a", "b", "12", "{p}", "{p:int}", "{p:guid}", "{p:alpha}", "{p:minlength(2)}", "{p:maxlength(1)}", "{p:regex(^[ab]$)}", "{p:range(1,20)}", "{p?}", "{*p}", "{*p:minlength(1)}"];
        string[] texts = ["a", "b", "ab", "12", "1", "00000000000000000000000000000012", "7d7c0ff6-3a0f-4e3e-9f3e-0d6b2f6b1c11", "a b"];
        var paths = (from one in texts.Prepend("") from two in texts.Prepend("") from three in texts.Prepend("") select $"/{one}/{two}/{three}".TrimEnd('/')).Distinct().ToList();

        for (var round = 0; round < 1500; round++)
        {
            var (a, b) = (Template(), Template());
            if (RouteOverlaps.Find(Routes.Of($"A: {a}", $"B: {b}", "Z: z")).Count > 0) continue;
            var (routerA, routerB) = (new FunctionRouter(Routes.Of($"A: {a}")), new FunctionRouter(Routes.Of($"B: {b}")));
            foreach (var path in paths)
                Assert.False(routerA.Find("GET", path) is not null && routerB.Find("GET", path) is not null, $"{path} fits {a} and {b}");
        }

        string Template()
        {
            var chosen = Enumerable.Range(0, random.Next(1, 4)).Select(i => parts[random.Next(parts.Length)].Replace("{p", $"{{p{i}", StringComparison.Ordinal)).ToList();
            // Only the last segment may be optional or a catch-all.
            for (var i = 0; i < chosen.Count - 1; i++) if (chosen[i].Contains('?') || chosen[i].Contains('*')) chosen[i] = $"{{q{i}}}";
            return string.Join('/', chosen);
        }
    }
}
