using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Tests.Origins;

public class PathRulesTests
{
    // As code points, so that no editor can bring them into one form.
    private const string Composed = "caf\u00e9";
    private const string Decomposed = "cafe\u0301";

    private static readonly PathRules Bytes = new(CaseSensitive: true, UnicodeForm: null);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/etc/passwd", "relative")]
    [InlineData("//server/share", "relative")]
    [InlineData("C:/windows", "drive")]
    [InlineData("c:x", "drive")]
    [InlineData("\\\\server\\share", "/ between")]
    [InlineData("a\\b", "/ between")]
    [InlineData("..\\b", "/ between")]
    [InlineData("a\0b", "control")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u007fb", "control")]
    [InlineData("a\u0085b", "control")]
    [InlineData(".", ". or ..")]
    [InlineData("..", ". or ..")]
    [InlineData("./a", ". or ..")]
    [InlineData("../a", ". or ..")]
    [InlineData("a/./b", ". or ..")]
    [InlineData("a/../b", ". or ..")]
    [InlineData("a/..", ". or ..")]
    [InlineData("a//b", "no empty folder names")]
    [InlineData("a/", "no / at the end")]
    [InlineData("/", "relative")]
    public void A_path_that_could_lead_elsewhere_is_refused_with_the_field_and_the_reason(string path, string reason)
    {
        var error = Refused(path);

        Assert.StartsWith("file_path: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(["file_path"], error.Details!.Keys);
    }

    // As numbers: what runs the tests brings such text into another form.
    [Theory]
    [InlineData(0xd800, 0)]
    [InlineData(0xdc00, 0)]
    [InlineData(0xdc00, 0xd800)]
    [InlineData(0xd800, 0xd800)]
    public void A_lone_surrogate_is_refused(int first, int second)
    {
        var path = "a" + (char)first + (second == 0 ? "b" : $"{(char)second}");

        Assert.Contains("valid Unicode", Refused(path).Message, StringComparison.Ordinal);
        Assert.Contains("valid Unicode", Refused(path + ".txt").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c.txt")]
    [InlineData("...")]
    [InlineData("..a/b../.c")]
    [InlineData("%2e%2e/a")]
    [InlineData("a b/c'd\"e:f*g?h<i>j|k")]
    [InlineData("日本/😀.txt")]
    [InlineData("CON")]
    [InlineData("a ")]
    [InlineData("ab:c")]
    public void Any_other_name_that_a_folder_can_hold_is_kept(string path) =>
        Assert.Equal(path, Bytes.Normalise(path, "file_path"));

    [Fact]
    public void A_name_may_have_255_bytes_and_no_more()
    {
        Assert.Equal(255, Bytes.Normalise("a/" + new string('x', 255), "file_path").Length - 2);
        Bytes.Normalise(new string('é', 127), "file_path");

        Assert.Contains("255 bytes", Refused("a/" + new string('x', 256) + "/b").Message, StringComparison.Ordinal);
        Assert.Contains("255 bytes", Refused(new string('é', 128)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_may_have_2048_bytes_and_no_more()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('x', 127), 16)) + "y";
        Assert.Equal(2048, Bytes.Normalise(longest, "file_path").Length);

        Assert.Contains("2048 bytes", Refused(longest + "y").Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Two_Unicode_spellings_of_a_name_are_one_path_where_the_origin_has_a_form()
    {
        NeedsUnicodeData();
        var nfc = Bytes with { UnicodeForm = NormalizationForm.FormC };
        var nfd = Bytes with { UnicodeForm = NormalizationForm.FormD };

        Assert.Equal(Composed, nfc.Normalise(Decomposed, "file_path"));
        Assert.Equal(Composed, nfc.Normalise(Composed, "file_path"));
        Assert.Equal(Decomposed, nfd.Normalise(Composed, "file_path"));
        Assert.Equal(Decomposed, nfd.Normalise(Decomposed, "file_path"));
    }

    [Fact]
    public void Two_Unicode_spellings_are_two_paths_where_the_origin_keeps_bytes()
    {
        Assert.Equal(Composed, Bytes.Normalise(Composed, "file_path"));
        Assert.Equal(Decomposed, Bytes.Normalise(Decomposed, "file_path"));
    }

    [SkippableFact]
    public void A_name_is_measured_in_the_form_under_which_it_is_opened()
    {
        NeedsUnicodeData();
        var name = string.Concat(Enumerable.Repeat("\u00e9", 100));

        Bytes.Normalise(name, "file_path");
        var nfd = Bytes with { UnicodeForm = NormalizationForm.FormD };
        Assert.Contains("255 bytes", Refused(name, nfd).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Reports/Q1.TXT", "reports/q1.txt")]
    [InlineData("É/Я", "é/я")]
    [InlineData("ΣΑΣ", "σας")]
    public void Two_cases_of_a_name_are_one_file_only_where_the_origin_says_so(string one, string other)
    {
        var ignoring = Bytes with { CaseSensitive = false };

        Assert.Equal(ignoring.Canonical(one), ignoring.Canonical(other));
        Assert.NotEqual(Bytes.Canonical(one), Bytes.Canonical(other));
        Assert.Equal(one, ignoring.Normalise(one, "file_path"));
    }

    [SkippableFact]
    public void Every_spelling_of_one_file_has_one_identity()
    {
        NeedsUnicodeData();
        var rules = new PathRules(CaseSensitive: false, NormalizationForm.FormC);
        string[] spellings = [Composed, Decomposed, Composed.ToUpperInvariant(), Decomposed.ToUpperInvariant()];

        Assert.Single(spellings.Select(spelling => rules.Canonical(rules.Normalise(spelling, "file_path"))).Distinct());
    }

    private static void NeedsUnicodeData() => Skip.If(
        Decomposed.Normalize(NormalizationForm.FormC) == Decomposed,
        "This process was built for invariant globalisation, in which the runtime brings no text into a Unicode form.");

    private static CacheException Refused(string path, PathRules? rules = null)
    {
        var error = Assert.Throws<CacheException>(() => (rules ?? Bytes).Normalise(path, "file_path"));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        return error;
    }
}
