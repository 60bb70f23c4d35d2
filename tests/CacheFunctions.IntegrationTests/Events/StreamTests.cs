using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CacheFunctions.Events.Live;
using CacheFunctions.IntegrationTests.Callers;
using CacheFunctions.IntegrationTests.Catalogue;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Events.EventClient;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Events;

/// <summary>Live events over real HTTP.</summary>
public sealed partial class StreamTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_messages_are_those_of_the_document_on_both_ways()
    {
        await using var service = await TestService.StartAsync();
        await using var stream = await EventClient.OpenAsync(service.Http);
        using var socket = await ConnectAsync(service.Http);
        service.Put("folder/file.mkv", new byte[1024]);
        using var cached = await service.Http.PostAsync("/api/cached/files", Json("""{"file_path": "folder/file.mkv", "user_id": "user1", "triggered_by_operation": "watchlist", "metadata": {"a": 1}}"""));
        var file = await DataAsync(cached);
        var id = file.GetProperty("id").GetString();
        var heard = await HearAsync(socket, 2);
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/cached/files/{id}") { Content = Json("""{"reason": "manual_cleanup", "user_id": "user1"}""") };
        using var removed = await service.Http.SendAsync(request);
        await DataAsync(removed);
        heard.AddRange(await HearAsync(socket, 2));
        await UntilAsync(() => stream.Items.Count == 4);

        // As a list shows it, but for the metadata.
        var info = Regex.Replace(file.GetRawText(), "\"metadata\":\\{[^}]*\\},", "");
        string[] expected =
        [
            $$$"""{"type":"cache_file_added","data":{"file_path":"folder/file.mkv","action":"added","user_id":"user1","reason":"watchlist","operation":"file_cached","file_id":"{{{id}}}","file_info":{{{info}}}},"timestamp":"T"}""",
            """{"type":"cache_statistics_updated","data":{"total_files":1,"total_size_bytes":1024,"total_size_readable":"1.0 KB","active_files":1,"orphaned_files":0},"timestamp":"T"}""",
            $$$"""{"type":"cache_file_removed","data":{"file_path":"folder/file.mkv","action":"removed","user_id":"user1","reason":"manual_cleanup","operation":"file_removed","file_id":"{{{id}}}"},"timestamp":"T"}""",
            """{"type":"cache_statistics_updated","data":{"total_files":0,"total_size_bytes":0,"total_size_readable":"0.0 B","active_files":0,"orphaned_files":0},"timestamp":"T"}""",
        ];
        Assert.Equal(expected, stream.Items.Select(item => Timestamp().Replace(item.Data, "\"timestamp\":\"T\"}")));
        Assert.Equal(expected, heard.Select(text => Timestamp().Replace(Id().Replace(text, "}"), "\"timestamp\":\"T\"}")));
        Assert.Equal(stream.Items.Select(item => item.EventType), heard.Select(text => JsonElement.Parse(text).GetProperty("type").GetString()));
        // Either's cursor serves the other.
        var cursor = JsonElement.Parse(heard[1]).GetProperty("id").GetString();
        await using var rest = await EventClient.OpenAsync(service.Http, "?after=" + cursor);
        await UntilAsync(() => rest.Items.Count == 2);
        Assert.Equal(["cache_file_removed", "cache_statistics_updated"], rest.Items.Select(item => item.EventType));
        using var resumed = await ConnectAsync(service.Http, "?type=cache_file_removed&after=" + stream.Items.First().EventId);
        Assert.Equal(heard[2], Assert.Single(await HearAsync(resumed, 1)));
    }

    [Fact]
    public async Task A_stream_ends_when_a_request_with_its_token_would_be_refused()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestService.StartAsync(
            services => services.AddSingleton<TimeProvider>(time), "--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience);
        // After the seconds by which clocks may differ.
        var (shortly, longer) = (Token(TimeSpan.FromMinutes(9)), Token(TimeSpan.FromMinutes(99)));
        await using var stream = await EventClient.OpenAsync(service.Http, token: shortly);
        await using var other = await EventClient.OpenAsync(service.Http, token: longer);
        await using var ofMachine = await EventClient.OpenAsync(service.Http);
        using var socket = await ConnectAsync(service.Http, token: shortly);

        time.Advance(TimeSpan.FromMinutes(9.9));
        Assert.Equal((false, WebSocketState.Open), (stream.IsEnded, socket.State));
        time.Advance(TimeSpan.FromMinutes(0.2));
        await stream.Ended;
        var closed = await socket.ReceiveAsync(new byte[1_024], default);
        Assert.Equal(
            (WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation, "The token has expired. Come again with another."),
            (closed.MessageType, closed.CloseStatus, closed.CloseStatusDescription));
        Assert.Equal((false, false), (other.IsEnded, ofMachine.IsEnded));

        string Token(TimeSpan validity) => issuer.Token("alice", "admin", expires: time.GetUtcNow().UtcDateTime + validity);
    }

    [Fact]
    public async Task What_one_process_does_clients_of_another_hear_and_go_on_hearing_after_a_kill()
    {
        using var origin = new TempDirectory();
        for (var i = 0; i < 4; i++) await File.WriteAllTextAsync(origin.Combine($"f{i}"), "text");
        var settings = SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        await using var one = await ServiceProcess.StartAsync(settings);
        var other = await ServiceProcess.StartAsync(settings);
        string last;
        await using (other)
        {
            await using var stream = await EventClient.OpenAsync(other.Http);
            for (var i = 0; i < 2; i++)
            {
                await AddAsync(one.Http, $"f{i}");
                var watch = Stopwatch.StartNew();
                await UntilAsync(() => stream.Paths.Contains($"f{i}"));
                output.WriteLine(FormattableString.Invariant($"Heard after {watch.Elapsed.TotalSeconds:f2} s"));
            }

            other.Kill();
            await stream.Ended;
            last = stream.LastEventId;
        }

        await AddAsync(one.Http, "f2");
        await using var third = await ServiceProcess.StartAsync(settings);
        await using var again = await EventClient.OpenAsync(third.Http, "?type=cache_file_added", last);
        await AddAsync(one.Http, "f3");
        await UntilAsync(() => again.Files.Count() == 2);
        Assert.Equal(["f2", "f3"], again.Paths);
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_cut_and_goes_on_without_a_loss()
    {
        await using var service = await TestService.StartAsync();
        using var slow = new TcpClient { ReceiveBufferSize = 8_192 };
        await slow.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);
        await slow.Client.SendAsync(Encoding.ASCII.GetBytes("GET /api/cached/events HTTP/1.0\r\nHost: localhost\r\n\r\n"));
        // One byte: it is being served.
        await slow.Client.ReceiveAsync(new byte[1]);
        await using var quick = await EventClient.OpenAsync(service.Http, "?type=cache_file_added,cache_file_changed");

        var events = service.Services.GetRequiredService<LiveEvents>();
        Assert.Equal(2, events.Hearing);
        // Long events, so that few of them fill what lies between the two: users with long names.
        var users = Enumerable.Range(0, 60).Select(i => new string((char)('a' + i % 26), 110) + i).ToList();
        service.Put("f", "text");
        using var cached = await service.Http.PostAsync("/api/cached/files", Json("""{"file_path": "f"}"""));
        var id = (await DataAsync(cached)).GetProperty("id").GetString();
        foreach (var user in users) await DataAsync(await service.Http.PutAsync($"/api/cached/files/{id}/users/{user}", null));
        var done = 1 + users.Count;
        for (; events.Hearing > 1; done += 2)
        {
            Assert.InRange(done, 0, 5_000);
            await DataAsync(await service.Http.PutAsync($"/api/cached/files/{id}/pin", null));
            await DataAsync(await service.Http.DeleteAsync($"/api/cached/files/{id}/pin"));
        }

        await UntilAsync(() => quick.Files.Count() == done);
        var received = await ReadToEndAsync(slow.Client);
        var parsed = new List<(string Id, string Type)>();
        foreach (Match match in SseEvent().Matches(received)) parsed.Add((match.Groups[1].Value, match.Groups[2].Value));
        Assert.Equal("stream_cut", parsed[^1].Type);
        var heard = parsed.Count(item => item.Type.StartsWith("cache_file", StringComparison.Ordinal));
        output.WriteLine($"{done} events, {heard} heard before the cut");
        Assert.InRange(heard, 1, done - 1);
        await using var rest = await EventClient.OpenAsync(service.Http, "", parsed[^1].Id);
        await UntilAsync(() => heard + rest.Files.Count() >= done);
        Assert.Equal(quick.Files.Select(item => item.EventId), parsed.Where(item => item.Type.StartsWith("cache_file", StringComparison.Ordinal)).Select(item => item.Id).Concat(rest.Files.Select(item => item.EventId)));
    }

    [Fact]
    public async Task An_idle_stream_costs_a_refresh_a_second_and_none_costs_nothing()
    {
        await using var world = await CatalogueWorld.OpenAsync();
        var streams = new List<EventClient>();
        for (var i = 0; i < 20; i++) streams.Add(await EventClient.OpenAsync(world.Http));
        var before = world.Service.Transactions.Total;
        for (var second = 0; second < 60; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        var idle = world.Service.Transactions.Total.Since(before);
        output.WriteLine($"20 streams, 60 s: {idle}");
        Assert.InRange(idle.Tables, 1, 125);
        foreach (var stream in streams) await stream.DisposeAsync();
        await world.Time.UntilAsync(
            async () =>
            {
                before = world.Service.Transactions.Total;
                for (var second = 0; second < 5; second++)
                {
                    world.Time.Advance(TimeSpan.FromSeconds(2));
                    await Task.Delay(20);
                }

                return world.Service.Transactions.Total.Since(before).Tables == 0;
            });
    }

    [Fact]
    public async Task Open_streams_end_when_the_service_stops()
    {
        await using var service = await TestService.StartAsync();
        await using var stream = await EventClient.OpenAsync(service.Http);
        using var socket = await ConnectAsync(service.Http);
        var stopping = service.Services.GetRequiredService<IHost>().StopAsync();
        await stream.Ended;
        var closed = await socket.ReceiveAsync(new byte[10], default).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable), (closed.MessageType, closed.CloseStatus));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await stopping.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_client_that_closes_its_socket_frees_it()
    {
        await using var service = await TestService.StartAsync();
        var events = service.Services.GetRequiredService<LiveEvents>();
        using var socket = await ConnectAsync(service.Http);
        await using (var stream = await EventClient.OpenAsync(service.Http)) Assert.Equal(2, events.Open);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(TimeSpan.FromSeconds(60));
        await UntilAsync(() => events.Open == 0);
    }

    [Fact]
    public async Task Only_who_may_call_may_listen()
    {
        await using var service = await TestService.StartAsync("--Keys:Function:default", "the-key", "--Cors:Origins", "https://app.example.com");
        using var refused = await service.Http.GetAsync("/api/cached/events");
        await ErrorAsync(401, "unauthenticated", refused);
        await using var allowed = await EventClient.OpenAsync(service.Http, "?code=the-key");
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(service.Http, "", null));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(service.Http, "?code=the-key", "https://elsewhere.example.com"));
        Assert.Equal(HttpStatusCode.BadRequest, await RefusedAsync(service.Http, "?code=the-key&after=nonsense", null));
        using var socket = await ConnectAsync(service.Http, "?code=the-key", "https://app.example.com");
        Assert.Equal(WebSocketState.Open, socket.State);
        using var own = await ConnectAsync(service.Http, "?code=the-key", service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Assert.Equal(WebSocketState.Open, own.State);
    }

    [GeneratedRegex("\"timestamp\":\"[^\"]+Z\"}$")]
    private static partial Regex Timestamp();

    [GeneratedRegex(",\"id\":\"[A-Za-z0-9_-]+\"}$")]
    private static partial Regex Id();

    [GeneratedRegex("id: ([A-Za-z0-9_-]+)\nevent: ([a-z_]+)\ndata: ")]
    private static partial Regex SseEvent();

    private static async Task<HttpStatusCode> RefusedAsync(HttpClient http, string query, string? origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(http, query), default));
        return socket.HttpStatusCode;
    }

    private static async Task<ClientWebSocket> ConnectAsync(HttpClient http, string query = "", string? origin = null, string? token = null)
    {
        var socket = new ClientWebSocket();
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        if (token is not null) socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await socket.ConnectAsync(Address(http, query), default);
        return socket;
    }

    private static Uri Address(HttpClient http, string query) => new($"ws://{http.BaseAddress!.Authority}/api/cached/events{query}");

    private static async Task<List<string>> HearAsync(ClientWebSocket socket, int count)
    {
        var (heard, buffer) = (new List<string>(), new byte[64 << 10]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (heard.Count < count)
        {
            var received = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.True(received.EndOfMessage);
            heard.Add(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }

        return heard;
    }

    private static async Task AddAsync(HttpClient http, string path)
    {
        using var answer = await http.PostAsync("/api/cached/files", Json($$"""{"file_path": "{{path}}"}"""));
        await DataAsync(answer);
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[64 << 10]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token) is > 0 and var count) text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }
}
