using System.Text;
using CacheFunctions.Storage.Origins;

namespace CacheFunctions.Tests.Origins;

/// <summary>How names are told apart, found out from folders that do it in every way.</summary>
public class NameProbeTests
{
    // As code points, so that no editor can bring them into one form.
    private const string Composed = "caf\u00e9";
    private const string Decomposed = "cafe\u0301";

    [SkippableTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_folder_shows_its_rules_by_one_entry(bool isSensitive, bool tellsApart)
    {
        NeedsUnicodeData();
        foreach (var name in new[] { Composed, Decomposed, Composed.ToUpperInvariant() })
        {
            var probe = Probe(isSensitive, tellsApart, name);
            probe.Look(name);
            Assert.Equal((isSensitive, tellsApart), (probe.IsCaseSensitive, probe.TellsFormsApart));
            Assert.True(probe.IsDone);
        }
    }

    [Fact]
    public void Names_without_letters_tell_nothing()
    {
        var probe = Probe(false, false, "2024", "日本");
        probe.Look("2024");
        probe.Look("日本");
        probe.Look("gone meanwhile");

        Assert.Equal((null, null), (probe.IsCaseSensitive, probe.TellsFormsApart));
    }

    [Fact]
    public void Two_entries_that_are_links_to_one_file_are_two_names()
    {
        string[] names = ["a", "A"];
        var probe = new NameProbe(name => names.Contains(name) ? 7 : null, names);
        probe.Look("a");

        Assert.True(probe.IsCaseSensitive);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_common_folder_of_Linux_is_found_to_keep_names_byte_for_byte(bool readOnly)
    {
        using var root = new OriginRoot();
        root.Put("Report", [1]);

        var rules = OriginSettingsTests.Read(("Path", root.Folder), ("ReadOnly", $"{readOnly}")).Rules;

        Assert.Equal(root.Origin.Rules, rules);
        Assert.Equal(["Report"], root.Entries);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_ignores_case_gives_two_spellings_one_identity(bool readOnly)
    {
        using var disk = MountedDisk.IgnoringCase();
        using var root = new OriginRoot(disk.Folder);
        root.Put("Report", [1]);

        var origin = OriginSettingsTests.Read(("Path", root.Folder), ("ReadOnly", $"{readOnly}"));

        Assert.False(origin.Rules.CaseSensitive);
        Assert.Equal(origin.Rules.Canonical("rEPORT"), origin.Rules.Canonical("Report"));
        Assert.NotNull(await origin.FindAsync("rEPORT", default));
    }

    [SkippableFact]
    public void What_is_set_is_not_overridden_by_what_is_found()
    {
        using var root = new OriginRoot();

        Assert.False(OriginSettingsTests.Read(("Path", root.Folder), ("CaseSensitive", "false")).Rules.CaseSensitive);
        Assert.Empty(root.Entries);
    }

    [SkippableFact]
    public void A_share_that_was_looked_at_can_be_unmounted_at_once()
    {
        var disk = new MountedDisk("size=1m");
        OriginSettingsTests.Read(("Path", disk.Folder));
        disk.Dispose();
        Assert.False(Directory.Exists(disk.Folder));
    }

    private static NameProbe Probe(bool isSensitive, bool tellsApart, params string[] names)
    {
        string Key(string name)
        {
            var form = tellsApart ? name : name.Normalize(NormalizationForm.FormD);
            return isSensitive ? form : form.ToUpperInvariant();
        }

        return new NameProbe(
            name => Array.FindIndex(names, each => Key(each) == Key(name)) is var index and >= 0 ? (ulong)index : null, names);
    }

    private static void NeedsUnicodeData() => Skip.If(
        Decomposed.Normalize(NormalizationForm.FormC) == Decomposed,
        "This process was built for invariant globalisation, in which the runtime brings no text into a Unicode form.");
}
