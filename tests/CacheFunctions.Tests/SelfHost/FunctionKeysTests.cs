using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.Tests.SelfHost.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CacheFunctions.Tests.SelfHost;

public class FunctionKeysTests
{
    private static readonly FunctionKeys Keys = With(
        ("Keys:Function:default", "first"), ("Keys:Function:partner", "second"), ("Keys:Function:empty", ""), ("Keys:Master", "master"));

    [Theory]
    [InlineData(AuthorizationLevel.Anonymous, null, null, true)]
    [InlineData(AuthorizationLevel.Function, "first", null, true)]
    [InlineData(AuthorizationLevel.Function, "second", null, true)]
    [InlineData(AuthorizationLevel.Function, "master", null, true)]
    [InlineData(AuthorizationLevel.Function, null, "first", true)]
    [InlineData(AuthorizationLevel.Function, "wrong", "first", false)]
    [InlineData(AuthorizationLevel.Function, "", "first", false)]
    [InlineData(AuthorizationLevel.Function, "first", "wrong", true)]
    [InlineData(AuthorizationLevel.Function, null, null, false)]
    [InlineData(AuthorizationLevel.Function, "First", null, false)]
    [InlineData(AuthorizationLevel.Admin, "first", null, false)]
    [InlineData(AuthorizationLevel.Admin, "master", null, true)]
    [InlineData(AuthorizationLevel.Admin, null, "master", true)]
    public void Check_when_a_key_is_given_or_not_then_lets_in_or_says_which_header(
        AuthorizationLevel level, string? header, string? code, bool fits)
    {
        var request = new DefaultHttpContext().Request;
        if (header is not null) request.Headers["x-functions-key"] = header;
        if (code is not null) request.QueryString = new QueryString("?code=" + code);
        var function = Routes.Of("A: a").Http[0] with { Level = level };

        if (fits)
        {
            Keys.Check(request, function);
            return;
        }

        var refused = Assert.Throws<CacheException>(() => Keys.Check(request, function));
        Assert.Equal(ErrorCode.Unauthenticated, refused.Code);
        Assert.Contains("x-functions-key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_when_only_empty_keys_are_configured_then_there_are_none() =>
        Assert.False(With(("Keys:Function:default", ""), ("Keys:Master", "")).Any);

    private static FunctionKeys With(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
