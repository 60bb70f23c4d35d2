using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Http.Limits;

namespace CacheFunctions.Tests.Http.Limits;

public sealed class RequestLimitsTests
{
    [Theory]
    [InlineData("ListSessions", RequestKind.Light)]
    [InlineData("GetJob", RequestKind.Light)]
    [InlineData("ReadSessionContent", RequestKind.Content)]
    [InlineData("SaveSessionContent", RequestKind.Content)]
    [InlineData("ContinueUpload", RequestKind.Content)]
    [InlineData("DownloadSignedFile", RequestKind.Content)]
    [InlineData("ExportCachedFiles", RequestKind.Heavy)]
    [InlineData("WarmDirectories", RequestKind.Heavy)]
    [InlineData("VerifyCache", RequestKind.Heavy)]
    [InlineData("Health", RequestKind.Probe)]
    [InlineData("Ready", RequestKind.Probe)]
    public void A_function_s_kind_is_told_by_what_it_says_of_itself(string function, RequestKind kind) => Assert.Equal(kind, FunctionTraits.Of(function).Kind);

    [Theory]
    [InlineData(RequestKind.Light)]
    [InlineData(RequestKind.Content)]
    [InlineData(RequestKind.Heavy)]
    public void What_is_above_its_kind_s_limit_is_refused_until_something_has_ended_and_other_kinds_are_not(RequestKind kind)
    {
        var limits = new RequestLimits(new LimitSettings { Light = 2, Content = 2, Heavy = 2 });
        var first = limits.Enter(kind);
        using var second = limits.Enter(kind);
        var refused = Assert.Throws<CacheException>(() => limits.Enter(kind));
        Assert.Equal(ErrorCode.Throttled, refused.Code);
        Assert.NotNull(refused.RetryAfter);
        Assert.Contains($"Limits:{kind}", refused.Message, StringComparison.Ordinal);
        foreach (var other in Enum.GetValues<RequestKind>().Where(each => each != kind)) limits.Enter(other).Dispose();
        first.Dispose();
        using var third = limits.Enter(kind);
    }

    [Fact]
    public void Whoever_is_refused_takes_no_place_from_those_who_come_later()
    {
        var limits = new RequestLimits(new LimitSettings { Light = 3 });
        var admitted = 0;
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            try
            {
                using var place = limits.Enter(RequestKind.Light);
                Assert.InRange(Interlocked.Increment(ref admitted), 1, 3);
                Thread.Yield();
                Interlocked.Decrement(ref admitted);
            }
            catch (CacheException error)
            {
                Assert.Equal(ErrorCode.Throttled, error.Code);
            }
        });
        using var first = limits.Enter(RequestKind.Light);
        using var second = limits.Enter(RequestKind.Light);
        using var third = limits.Enter(RequestKind.Light);
        Assert.Throws<CacheException>(() => limits.Enter(RequestKind.Light));
    }
}
