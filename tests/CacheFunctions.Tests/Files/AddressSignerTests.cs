using CacheFunctions.Errors;
using CacheFunctions.Files.Urls;
using CacheFunctions.Security;
using Microsoft.AspNetCore.WebUtilities;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Files;

/// <summary>A signed address opens what was signed, by the verb that was signed, until it expires; and nothing else.</summary>
public sealed class AddressSignerTests(ITestOutputHelper output)
{
    private const string Name = "blog/user/alice/a b.txt";

    private readonly ManualTime _time = new();

    [Fact]
    public void Every_change_of_a_signed_address_is_refused()
    {
        var signer = new AddressSigner(KeyRing.Development, _time);
        var others = new AddressSigner(new KeyRing(new Dictionary<string, byte[]> { ["development"] = new byte[32] }, "development"), _time);
        var expiry = _time.GetUtcNow().AddHours(1);
        var count = 0;
        foreach (var user in new[] { null, "alice", "bob&su=alice" })
        {
            var right = Parse(signer.Sign("GET", Name, expiry, user));
            signer.Require("GET", Name, right.GetValueOrDefault);

            foreach (var verb in new[] { "PUT", "HEAD", "DELETE", "get", "", "GET\nblog" }) Refused(verb, Name, right);
            foreach (var name in new[] { "", "blog/user/alice/a", Name + "/", Name.ToUpperInvariant(), "blog/user/bob/a b.txt", "blog/app/a b.txt" }) Refused("GET", name, right);
            foreach (var key in new[] { "sv", "se", "su", "sk", "sig" })
            {
                if (right.ContainsKey(key)) Refused("GET", Name, Without(right, key));
                foreach (var value in new[] { "", "0", "2", "-1", "99999999999", "99999999999999999999999", "x", "alice2", "=", "é", new string('A', 43), new string('A', 5000) })
                    Refused("GET", Name, new Dictionary<string, string?>(right) { [key] = value });
            }

            var signature = right["sig"]!;
            for (var i = 0; i < signature.Length; i++)
            {
                foreach (var other in "AQgw_-")
                    if (other != signature[i]) Refused("GET", Name, new Dictionary<string, string?>(right) { ["sig"] = signature[..i] + other + signature[(i + 1)..] });
                Refused("GET", Name, new Dictionary<string, string?>(right) { ["sig"] = signature[..i] });
            }

            Refused("GET", Name, new Dictionary<string, string?>(right) { ["sig"] = signature + "=" });
            Refused("GET", Name, Parse(others.Sign("GET", Name, expiry, user)));
            Refused("GET", Name, Parse(signer.Sign("PUT", Name, expiry, user)));
            Refused("GET", Name, new Dictionary<string, string?>(right) { ["se"] = (expiry.ToUnixTimeSeconds() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }

        output.WriteLine($"{count} altered addresses refused");
        Assert.InRange(count, 900, int.MaxValue);

        void Refused(string verb, string name, IReadOnlyDictionary<string, string?> query)
        {
            var error = Assert.Throws<CacheException>(() => signer.Require(verb, name, query.GetValueOrDefault));
            Assert.Equal(ErrorCode.Forbidden, error.Code);
            Assert.Contains("not one that this service signed", error.Message, StringComparison.Ordinal);
            count++;
        }
    }

    [Fact]
    public void It_ends_at_its_expiry_and_outlives_the_rotation_of_keys()
    {
        var old = new Dictionary<string, byte[]> { ["old"] = KeyRing.DevelopmentKey };
        var both = new AddressSigner(new KeyRing(new Dictionary<string, byte[]>(old) { ["new"] = new byte[32] }, "new"), _time);
        var query = Parse(new AddressSigner(new KeyRing(old, "old"), _time).Sign("GET", Name, _time.GetUtcNow().AddSeconds(60), null));
        _time.Advance(TimeSpan.FromSeconds(59));
        both.Require("GET", Name, query.GetValueOrDefault);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("expired", Assert.Throws<CacheException>(() => both.Require("GET", Name, query.GetValueOrDefault)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Parse(string query) =>
        QueryHelpers.ParseQuery(query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());

    private static Dictionary<string, string?> Without(Dictionary<string, string?> query, string key) =>
        query.Where(pair => pair.Key != key).ToDictionary();
}
