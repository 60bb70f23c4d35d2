using Version = CacheFunctions.IntegrationTests.Sessions.Kills.KnownContent.Version;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>The storm can only find what these can tell apart.</summary>
public sealed class KnownContentTests
{
    private const int Size = 10_000;
    private static readonly Version First = new(1, 1);
    private static readonly Version Second = new(1, 2);

    [Fact]
    public void A_whole_version_is_recognised() => Assert.Equal(Second, KnownContent.Recognise(KnownContent.Make(Second, Size)));

    [Theory]
    [InlineData(11)]
    [InlineData(4096)]
    [InlineData(Size - 1)]
    public void A_version_cut_short_or_gone_on_with_by_another_is_not_one(int cut)
    {
        byte[] first = KnownContent.Make(First, Size), second = KnownContent.Make(Second, Size);
        Assert.Null(KnownContent.Recognise(first[..cut]));
        Assert.Null(KnownContent.Recognise([.. first, 0]));
        if (cut < Size - 4) Assert.Null(KnownContent.Recognise([.. first[..cut], .. second[cut..]]));
        Assert.Null(KnownContent.Recognise([.. first[..cut], .. new byte[Size - cut]]));
    }

    [Fact]
    public void What_nobody_sent_is_told()
    {
        var ledger = new Ledger(Path.GetTempPath());
        var sent = ledger.Send("a.bin", First, Size);
        Assert.Equal(First, ledger.Recognise("a.bin", sent));
        Assert.ThrowsAny<Exception>(() => ledger.Recognise("b.bin", sent));
        Assert.ThrowsAny<Exception>(() => ledger.Recognise("a.bin", KnownContent.Make(Second, Size)));
    }
}
