using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.OpenApi;

namespace CacheFunctions.IntegrationTests.OpenApi;

/// <summary>
/// The description is right as such, and tells of the paths and verbs that the service has. That answers are as it says, and no other, the
/// bad-input matrix finds with what it sends.
/// </summary>
public sealed partial class OpenApiTests : IAsyncLifetime
{
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private TestService _service = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync("--Keys:Function:default", "the-key");
        _http = _service.Http;
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task It_is_openapi_3_1_as_the_standards_own_library_reads_it()
    {
        var result = OpenApiDocument.Parse(await _http.GetStringAsync("/api/openapi.json"), "json");

        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public async Task Its_examples_are_as_it_describes_them() => Assert.Empty((await Interface.ReadAsync(_http)).ProblemsOfExamples());

    [Fact]
    public async Task Every_path_takes_the_verbs_that_it_tells_of_and_no_other()
    {
        var operations = (await Interface.ReadAsync(_http)).Operations;
        Assert.InRange(operations.Count, 80, 1000);
        foreach (var path in operations.Keys.Select(operation => operation.Split(' ')[1]).Distinct())
        {
            // A parameter that nothing knows is refused before anything is done.
            var address = AddressOf(path) + "?no_such_parameter=1";
            foreach (var verb in Verbs)
                await ExpectAsync(verb, address, "the-key", operations.ContainsKey($"{verb} {path}") ? HttpStatusCode.BadRequest : HttpStatusCode.MethodNotAllowed);
        }
    }

    [Fact]
    public async Task Every_call_needs_a_key_but_those_that_it_says_need_none()
    {
        foreach (var (operation, description) in (await Interface.ReadAsync(_http)).Operations)
        {
            var (verb, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var isOpen = description["security"] is JsonArray { Count: 0 };
            await ExpectAsync(verb, AddressOf(path) + "?no_such_parameter=1", "another-key", isOpen ? HttpStatusCode.BadRequest : HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task It_is_sent_once_to_who_keeps_it()
    {
        var first = await _http.GetAsync("/api/openapi.json");
        var again = new HttpRequestMessage(HttpMethod.Get, "/api/openapi.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        Assert.Equal("application/json", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, (await _http.SendAsync(again)).StatusCode);
    }

    private static string AddressOf(string path) => Parameter().Replace(path, match => Value(match.Groups[1].Value));

    private async Task ExpectAsync(string verb, string address, string key, HttpStatusCode expected)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb), address) { Headers = { { "x-functions-key", key } } };
        var answer = await _http.SendAsync(request);
        Assert.True(answer.StatusCode == expected, $"{verb} {address}: {(int)answer.StatusCode} and not {(int)expected}. {await answer.Content.ReadAsStringAsync()}");
    }

    private static string Value(string name) => name switch
    {
        "file_id" => Guid.Empty.ToString(),
        "version" => "1",
        _ => "0123456789abcdef0",
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
