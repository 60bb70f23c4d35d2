using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Sessions;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Tests.Http;

public class QueryReaderTests
{
    [Theory]
    [InlineData("limt", "limit")]
    [InlineData("Limit", "limit")]
    [InlineData("user-id", "user_id")]
    [InlineData("cursro", "cursor")]
    [InlineData("userid", "user_id")]
    public void An_unknown_name_is_refused_and_the_near_one_suggested(string name, string near)
    {
        var error = Refused($"?{name}=1", "limit", "user_id", "cursor");

        Assert.Contains($"'{near}' was probably meant", error.Message, StringComparison.Ordinal);
        Assert.Equal([name], error.Details!.Keys);
    }

    [Fact]
    public void A_name_that_is_like_none_gets_the_list_of_known_ones()
    {
        Assert.Contains("known are limit, cursor.", Refused("?colour=red", "limit", "cursor").Message, StringComparison.Ordinal);
        Assert.Contains("takes no query parameters", Refused("?colour=red").Message, StringComparison.Ordinal);
        Assert.Contains("known are limit.", Refused($"?{new string('l', 5000)}=1", "limit").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?limit=1&limit=2")]
    [InlineData("?limit=1&limit=1")]
    [InlineData("?limit=&limit=")]
    public void A_name_given_twice_is_refused(string query) =>
        Assert.Contains("more than once", Refused(query, "limit").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("?code=key")]
    [InlineData("?_=1764000000")]
    [InlineData("?_x=1&_x=2")]
    [InlineData("")]
    public void The_function_key_and_names_that_proxies_add_pass(string query) => Assert.Null(Read(query, "limit").Text("limit"));

    [Theory]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=1000", 1000)]
    [InlineData("?limit=-5", -5)]
    [InlineData("?limit=", null)]
    [InlineData("", null)]
    public void A_number_within_its_range_is_read(string query, int? expected) =>
        Assert.Equal(expected, Read(query, "limit").Number("limit", -5, 1000));

    [Theory]
    [InlineData("1001")]
    [InlineData("-6")]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("ten")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public void A_number_outside_its_range_or_malformed_is_refused_with_the_range(string value)
    {
        var reader = Read($"?limit={Uri.EscapeDataString(value)}", "limit");

        var error = Assert.Throws<CacheException>(() => reader.Number("limit", -5, 1000));

        Assert.Equal("limit: must be a whole number from -5 to 1000.", error.Message);
    }

    [Fact]
    public void A_number_that_is_not_given_is_the_usual_one() => Assert.Equal(50, Read("", "limit").Number("limit", 50, 1, 1000));

    [Theory]
    [InlineData("?deep=true", true)]
    [InlineData("?deep=1", true)]
    [InlineData("?deep=false", false)]
    [InlineData("?deep=0", false)]
    [InlineData("?deep=", true)]
    [InlineData("", true)]
    public void A_flag_is_true_or_false(string query, bool expected) => Assert.Equal(expected, Read(query, "deep").Flag("deep", true));

    [Theory]
    [InlineData("yes")]
    [InlineData("TRUE")]
    [InlineData("2")]
    public void A_flag_of_another_word_is_refused(string value) =>
        Assert.Throws<CacheException>(() => Read($"?deep={value}", "deep").Flag("deep", false));

    [Fact]
    public void A_choice_is_a_word_in_snake_case()
    {
        Assert.Equal(OnConflict.KeepBoth, Read("?on_conflict=keep_both", "on_conflict").Choice<OnConflict>("on_conflict"));
        Assert.Null(Read("", "on_conflict").Choice<OnConflict>("on_conflict"));
        foreach (var wrong in new[] { "KeepBoth", "keepboth", "1", "keep_both,fail" })
        {
            var error = Assert.Throws<CacheException>(() => Read($"?on_conflict={wrong}", "on_conflict").Choice<OnConflict>("on_conflict"));
            Assert.Contains("keep_both", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T09:05Z", "2026-01-31T09:05:00Z")]
    [InlineData("2026-01-31T09:05:00", "2026-01-31T09:05:00Z")]
    [InlineData("2026-01-31T09:05:00.1234567+02:00", "2026-01-31T07:05:00.1234567Z")]
    public void A_time_is_ISO_8601_with_any_offset(string value, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        Read($"?since={Uri.EscapeDataString(value)}", "since").Time("since"));

    [Theory]
    [InlineData("12:00")]
    [InlineData("1.5")]
    [InlineData("1/2/2026")]
    [InlineData("31 Jan 2026")]
    public void A_time_that_could_mean_something_else_is_refused(string value) =>
        Assert.Throws<CacheException>(() => Read($"?since={Uri.EscapeDataString(value)}", "since").Time("since"));

    [Theory]
    [InlineData("a%00b")]
    [InlineData("a%0Ab")]
    [InlineData("%C2%85")]
    public void Control_characters_are_refused(string value) =>
        Assert.Contains("control characters", Refused($"?user_id={value}", "user_id").Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_longer_than_any_path_is_refused() =>
        Assert.Contains("longer than 2048", Refused($"?user_id={new string('a', 2049)}", "user_id").Message, StringComparison.Ordinal);

    private static QueryReader Read(string query, params string[] known) =>
        new(new QueryString(query), known);

    private static CacheException Refused(string query, params string[] known)
    {
        var error = Assert.Throws<CacheException>(() => Read(query, known));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        return error;
    }
}
