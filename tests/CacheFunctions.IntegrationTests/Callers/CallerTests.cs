using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.IdentityModel.Tokens;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Callers;

/// <summary>Keys, bearer tokens, the platform's principal, and those who forge them.</summary>
public sealed class CallerTests
{
    [Fact]
    public async Task A_function_key_opens_and_anything_else_does_not()
    {
        await using var service = await StartAsync("--Keys:Function:web", "correct-horse", "--Keys:Master", "master-key");
        await ErrorAsync(401, "unauthenticated", await service.Http.GetAsync("/api/sessions"));
        await ErrorAsync(401, "unauthenticated", await service.Http.GetAsync("/api/sessions?code=wrong"));
        await DataAsync(await service.Http.GetAsync("/api/sessions?code=correct-horse"));
        await DataAsync(await SendAsync(service, "/api/sessions", "x-functions-key", "correct-horse"));
        await DataAsync(await SendAsync(service, "/api/sessions", "x-functions-key", "master-key"));
        await ErrorAsync(401, "unauthenticated", await SendAsync(service, "/api/sessions?code=correct-horse", "x-functions-key", "wrong"));
        await DataAsync(await service.Http.GetAsync("/api/health"));
    }

    [Fact]
    public async Task A_user_with_a_token_reaches_own_sessions_only()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var service = await StartWithTokensAsync(issuer);
        service.Put("a.txt", "one");
        var bob = issuer.Token("bob");
        var alice = issuer.Token("alice");

        using var created = await PostAsync(service, "/api/sessions", alice, """{"user_id": "alice", "file_path": "a.txt"}""");
        var address = created.Headers.Location!.OriginalString;
        await ErrorAsync(403, "forbidden", await PostAsync(service, "/api/sessions", bob, """{"user_id": "alice", "file_path": "a.txt"}"""));

        var unknown = await ErrorAsync(404, "not_found", await BearerAsync(service, $"/api/sessions/{new string('0', 34)}", bob));
        var others = await ErrorAsync(404, "not_found", await BearerAsync(service, address, bob));
        Assert.Equal(unknown.GetProperty("error").GetString(), others.GetProperty("error").GetString());
        await ErrorAsync(404, "not_found", await BearerAsync(service, address + "/content", bob));
        await ErrorAsync(404, "not_found", await PostAsync(service, address + "/sync", bob, "{}"));
        await ErrorAsync(403, "forbidden", await BearerAsync(service, "/api/sessions?user_id=alice", bob));
        Assert.Empty((await DataAsync(await BearerAsync(service, "/api/sessions", bob))).GetProperty("sessions").EnumerateArray());

        await DataAsync(await BearerAsync(service, address, alice));
        await DataAsync(await BearerAsync(service, address, issuer.Token("root", "admin")));
    }

    [Fact]
    public async Task A_token_that_does_not_hold_is_refused()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var service = await StartWithTokensAsync(issuer);
        using var foreign = RSA.Create(2048);
        var good = issuer.Token("bob");
        var unsigned = $"{Part("""{"alg":"none"}""")}.{good.Split('.')[1]}.";
        var swapped = $"{good.Split('.')[0]}.{Part("""{"sub":"alice","exp":9999999999}""")}.{good.Split('.')[2]}";
        foreach (var token in new[]
        {
            "garbage",
            unsigned,
            swapped,
            issuer.Token("bob", audience: "another"),
            issuer.Token("bob", issuer: "http://another"),
            issuer.Token("bob", expires: DateTime.UnixEpoch.AddYears(50)),
            issuer.Token("bob", key: new RsaSecurityKey(foreign) { KeyId = "k1" }),
            issuer.Token("bob", key: new RsaSecurityKey(foreign) { KeyId = "k2" }),
        })
        {
            await ErrorAsync(401, "unauthenticated", await BearerAsync(service, "/api/sessions", token));
        }

        await ErrorAsync(401, "unauthenticated", await SendAsync(service, "/api/sessions", "Authorization", "Basic Ym9iOg=="));
        await DataAsync(await BearerAsync(service, "/api/sessions", good));
    }

    [Fact]
    public async Task A_forged_platform_principal_is_not_believed()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var service = await StartWithTokensAsync(issuer);
        service.Put("a.txt", "one");
        using var created = await PostAsync(service, "/api/sessions", issuer.Token("alice"), """{"user_id": "alice", "file_path": "a.txt"}""");

        using var request = new HttpRequestMessage(HttpMethod.Get, created.Headers.Location);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token("bob"));
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL", Principal("alice", "admin"));
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL-ID", "alice");
        await ErrorAsync(404, "not_found", await service.Http.SendAsync(request));
    }

    [Fact]
    public async Task The_platform_principal_counts_where_the_settings_say_that_the_platform_is_in_front()
    {
        await using var service = await StartAsync("--Auth:TrustPlatformPrincipal", "true");
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt", "alice")}";
        await DataAsync(await SendAsync(service, address, "X-MS-CLIENT-PRINCIPAL", Principal("alice", "reader")));
        await ErrorAsync(404, "not_found", await SendAsync(service, address, "X-MS-CLIENT-PRINCIPAL", Principal("bob", "reader")));
        await DataAsync(await SendAsync(service, address, "X-MS-CLIENT-PRINCIPAL", Principal("root", "admin")));
        foreach (var broken in new[] { "%%%", Convert.ToBase64String("[]"u8), Convert.ToBase64String("{}"u8) })
            await ErrorAsync(401, "unauthenticated", await SendAsync(service, address, "X-MS-CLIENT-PRINCIPAL", broken));
    }

    [Fact]
    public async Task Browsers_of_the_allowed_origins_may_call()
    {
        await using var service = await StartAsync("--Cors:Origins", "https://app.example.com");
        Assert.Equal("https://app.example.com", await PreflightAsync("https://app.example.com"));
        Assert.Null(await PreflightAsync("https://evil.example.com"));

        async Task<string?> PreflightAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "/api/sessions");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            using var answer = await service.Http.SendAsync(request);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
        }
    }

    private static Task<TestService> StartWithTokensAsync(TokenIssuer issuer) =>
        StartAsync("--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience);

    private static Task<HttpResponseMessage> BearerAsync(TestService service, string address, string token) =>
        SendAsync(service, address, "Authorization", "Bearer " + token);

    private static async Task<HttpResponseMessage> SendAsync(TestService service, string address, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation(header, value);
        return await service.Http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestService service, string address, string token, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Json(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await service.Http.SendAsync(request);
    }

    private static string Principal(string user, string role) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
    {
        auth_typ = "aad",
        role_typ = "roles",
        claims = new[] { new { typ = "sub", val = user }, new { typ = "roles", val = role } },
    }));

    private static string Part(string json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json));
}
