using System.Net;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Tests.Http;

public sealed class ServiceAddressTests
{
    [Theory]
    [InlineData(null, null, "http://127.0.0.1:8080/")]
    [InlineData("https", null, "https://127.0.0.1:8080/")]
    [InlineData("https", "files.example.com", "https://files.example.com/")]
    [InlineData("HTTPS", "Files.example.com:8443", "https://files.example.com:8443/")]
    [InlineData("https, http", "files.example.com, app.azurewebsites.net", "https://files.example.com/")]
    [InlineData(null, "[::1]:7071", "http://[::1]:7071/")]
    [InlineData("javascript", "files.example.com", "http://files.example.com/")]
    [InlineData("https", "files.example.com/elsewhere", "https://127.0.0.1:8080/")]
    [InlineData("https", "me@files.example.com", "https://127.0.0.1:8080/")]
    [InlineData("https", "files.example.com?x", "https://127.0.0.1:8080/")]
    [InlineData("https", "files.example.com#x", "https://127.0.0.1:8080/")]
    [InlineData("", "", "http://127.0.0.1:8080/")]
    [InlineData(",", ",", "http://127.0.0.1:8080/")]
    [InlineData("https", "a b", "https://127.0.0.1:8080/")]
    public void Is_the_one_that_the_caller_used_as_far_as_that_can_be_told(string? scheme, string? host, string expected)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString("127.0.0.1", 8080));
        request.Headers["X-Forwarded-Proto"] = scheme;
        request.Headers["X-Forwarded-Host"] = host;
        Assert.Equal(expected, ServiceAddress.Of(request).AbsoluteUri);
    }

    [Fact]
    public void Is_where_the_request_came_in_if_the_caller_names_no_host()
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        (context.Connection.LocalIpAddress, context.Connection.LocalPort) = (IPAddress.IPv6Loopback, 8081);
        Assert.Equal("http://[::1]:8081/", ServiceAddress.Of(context.Request).AbsoluteUri);
    }
}
