using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Tests.Http;

public sealed class RequestIdTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public void Is_the_trace_of_a_caller_that_has_one_also_where_no_exporter_hears_of_it() =>
        Assert.Equal(Trace, Of($"00-{Trace}-b7ad6b7169203331-01"));

    [Theory]
    [InlineData()]
    [InlineData("")]
    [InlineData(Trace)]
    [InlineData($"00-{Trace}-0000000000000000-01")]
    [InlineData($"00-{Trace}-b7ad6b7169203331-01", $"00-{Trace}-b7ad6b7169203331-01")]
    public void Is_of_its_own_for_every_other_request_and_stays_the_same_in_it(params string[] parents)
    {
        var id = Of(parents);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.NotEqual(id, Of(parents));
        Assert.NotEqual(Trace, id);
    }

    private static string Of(params string[] parents)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.TraceParent = parents;
        var id = RequestId.Ensure(context);
        Assert.Equal(id, RequestId.Ensure(context));
        Assert.Equal(id, context.Response.Headers["x-request-id"]);
        return id;
    }
}
