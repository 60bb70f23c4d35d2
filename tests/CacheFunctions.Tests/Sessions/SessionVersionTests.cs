using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Idempotency;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

public sealed class SessionVersionTests : IDisposable
{
    private readonly SessionWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(0, "XY", "XYcdef")]
    [InlineData(2, "XY", "abXYef")]
    [InlineData(4, "XYZ", "abcdXYZ")]
    [InlineData(6, "XY", "abcdefXY")]
    [InlineData(0, "XYXYXYXY", "XYXYXYXY")]
    public async Task A_patch_changes_its_span_and_keeps_the_rest(long offset, string span, string expected)
    {
        var session = await OpenAsync("abcdef");
        var patched = await PatchAsync(session, offset, span);
        Assert.Equal(expected, await _world.ReadAsync(session));
        Assert.Equal(Sha256(expected), patched.Content.Sha256);
        Assert.Equal(expected.Length, patched.Content.SizeBytes);
        Assert.Equal("abcdef", await _world.ReadAsync(session, version: 1));
        await _world.SyncAsync(session);
        Assert.Equal(expected, _world.Get("a.txt"));
    }

    [Fact]
    public async Task Many_patches_give_what_writing_into_a_file_would_give()
    {
        var expected = Enumerable.Range(0, 300).Select(i => (byte)('a' + i % 26)).ToList();
        var session = await OpenAsync(Encoding.ASCII.GetString([.. expected]));
        var random = new Random(7);
        for (var patch = 0; patch < 200; patch++)
        {
            var offset = random.Next(expected.Count + 1);
            var span = Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next('A', 'Z')).ToArray();
            await PatchAsync(session, offset, Encoding.ASCII.GetString(span));
            while (expected.Count < offset + span.Length) expected.Add(0);
            for (var i = 0; i < span.Length; i++) expected[offset + i] = span[i];
        }

        var whole = Encoding.ASCII.GetString([.. expected]);
        Assert.Equal(whole, await _world.ReadAsync(session));
        var (_, content, _) = await _world.Service.FindCachedFileAsync(Caller.Machine, session.Id);
        Assert.Equal(Sha256(whole), content.Sha256);
        Assert.InRange(content.Pieces.Count, 1, 64);
        await using var part = await _world.Service.GetCachedFileAsync(content, 100, 57);
        using var reader = new StreamReader(part);
        Assert.Equal(whole.Substring(100, 57), await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_patch_stores_only_its_span()
    {
        var session = await OpenAsync(new string('a', 10_000));
        await PatchAsync(session, 5_000, "b");
        var sizes = new List<long>();
        foreach (var name in _world.Contents.Names("sessions"))
        {
            await using var content = await _world.Contents.OpenReadAsync("sessions", name, 0, null, default);
            sizes.Add(content!.Length);
        }

        Assert.Equal([1, 10_000], sizes.Order());
    }

    [Fact]
    public async Task A_patch_past_the_end_or_with_a_wrong_total_changes_nothing()
    {
        var session = await OpenAsync("abc");
        await AssertFailsAsync(ErrorCode.RangeNotSatisfiable, () => PatchAsync(session, 4, "x"));
        await AssertFailsAsync(ErrorCode.InvalidArgument, () => PatchAsync(session, 0, "x", total: 2));
        Assert.Equal(1, (await PatchAsync(session, 0, "x", total: 3)).Version - 1);
    }

    [Fact]
    public async Task Two_patches_at_once_both_take_effect()
    {
        var session = await OpenAsync("abcdef");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => PatchAsync(session, i, "X")));
        Assert.Equal("XXXXXX", await _world.ReadAsync(session));
        Assert.Equal(7, (await _world.InfoAsync(session)).Version);
    }

    [Fact]
    public async Task A_restored_version_is_a_new_one_with_the_old_content()
    {
        var session = await OpenAsync("one");
        await _world.SaveAsync(session, "two");
        var restored = await _world.Service.RestoreVersionAsync(Caller.Machine, session.Id, 1);
        Assert.Equal(3, restored.Version);
        Assert.Equal("one", await _world.ReadAsync(session));
        var (_, versions) = await _world.Service.GetVersionsAsync(Caller.Machine, session.Id);
        Assert.Equal([3, 2, 1], versions.Select(version => version.Number));
        await AssertFailsAsync(ErrorCode.NotFound, () => _world.Service.RestoreVersionAsync(Caller.Machine, session.Id, 9));
    }

    [Fact]
    public async Task The_newest_twenty_versions_are_kept_then_one_an_hour_and_always_the_base_and_what_is_unsynced()
    {
        var session = await OpenAsync("base");
        for (var i = 2; i <= 61; i++)
        {
            _world.Time.Advance(TimeSpan.FromMinutes(6));
            await _world.SaveAsync(session, $"text {i}");
            if (i == 50) await _world.SyncAsync(session);
        }

        Assert.Equal(61, await CountAsync(session));
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await _world.Service.RunFrequentAsync();
        var (_, versions) = await _world.Service.GetVersionsAsync(Caller.Machine, session.Id, limit: 100);
        var kept = versions.Select(version => version.Number).ToList();
        Assert.Contains(1, kept);
        Assert.Equal(Enumerable.Range(42, 20).Select(i => (long)i).Reverse(), kept.Take(20));
        Assert.Equal(1 + 5 + 20, kept.Count);
        Assert.All(versions.GroupBy(version => version.SavedAt.Hour).SelectMany(hour => hour.Where(each => each.Number is > 1 and < 42).Skip(1)), Assert.Null);
        foreach (var number in kept) Assert.StartsWith(number == 1 ? "base" : $"text {number}", await _world.ReadAsync(session, number), StringComparison.Ordinal);
        Assert.Equal(kept.Count, _world.Contents.Names("sessions").Count());
    }

    [Fact]
    public async Task Thinning_out_keeps_content_that_a_later_version_still_names()
    {
        var session = await OpenAsync("base");
        var saved = await _world.SaveAsync(session, "two");
        for (var i = 0; i < 40; i++) await PatchAsync(session, 0, $"{i % 10}");
        await _world.Service.RestoreVersionAsync(Caller.Machine, session.Id, saved.Version);
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await _world.Service.RunFrequentAsync();
        Assert.True(await CountAsync(session) < 30);
        Assert.Equal("two", await _world.ReadAsync(session));
        var (_, versions) = await _world.Service.GetVersionsAsync(Caller.Machine, session.Id, limit: 100);
        foreach (var version in versions) await _world.ReadAsync(session, version.Number);
    }

    [Fact]
    public async Task The_same_request_key_gives_the_same_effect_and_answer_for_a_day()
    {
        _world.Put("a.txt", "one");
        var key = RequestKey.Of(Caller.Machine, "POST", "/api/sessions", "k1");
        var first = await CreateAsync(key);
        var again = await CreateAsync(key);
        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Id, (await CreateAsync(RequestKey.Of(Caller.Machine, "POST", "/api/sessions", "k2"))).Id);
        Assert.Equal(2, _world.Contents.Names("sessions").Count());

        var restore = new Conditions { RequestKey = RequestKey.Of(Caller.Machine, "POST", "/restore", "k1") };
        var restored = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => _world.Service.RestoreVersionAsync(Caller.Machine, first.Id, 1, restore)));
        Assert.All(restored, each => Assert.Equal(2, each.Version));
        Assert.Equal(2, (await _world.InfoAsync(first)).Version);

        var sync = new Conditions { RequestKey = RequestKey.Of(Caller.Machine, "POST", "/sync", "k1") };
        Assert.True((await _world.Service.SyncToNasAsync(Caller.Machine, first.Id, OnConflict.Fail, sync)).Written);
        Assert.True((await _world.Service.SyncToNasAsync(Caller.Machine, first.Id, OnConflict.Fail, sync)).Written);

        _world.Time.Advance(TimeSpan.FromHours(25));
        Assert.NotEqual(first.Id, (await CreateAsync(key)).Id);
        Task<Session> CreateAsync(string requestKey) =>
            _world.Service.CreateCacheSessionAsync(Caller.Machine, new CreateSession("alice", "a.txt"), requestKey);
    }

    private async Task<Session> OpenAsync(string text)
    {
        _world.Put("a.txt", text);
        return await _world.OpenAsync("a.txt");
    }

    private Task<Session> PatchAsync(Session session, long offset, string span, long? total = null) =>
        _world.Service.PatchCachedFileAsync(
            Caller.Machine, session.Id, new MemoryStream(Encoding.ASCII.GetBytes(span)), offset, span.Length, total);

    private async Task<int> CountAsync(Session session) =>
        (await _world.Service.GetVersionsAsync(Caller.Machine, session.Id, limit: 1000)).Versions.Count;

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    private static async Task AssertFailsAsync(ErrorCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<CacheException>(call)).Code);
}
