using System.Text.RegularExpressions;

namespace CacheFunctions.Tests.Dashboard;

/// <summary>What the dashboard's files may hold.</summary>
public sealed partial class SiteTests
{
    private static readonly Dictionary<string, string> Files = Read();

    /// <summary>Each of these makes markup or code of a text, which may come from a file's name.</summary>
    [Theory]
    [InlineData("innerHTML")]
    [InlineData("outerHTML")]
    [InlineData("insertAdjacentHTML")]
    [InlineData("setHTMLUnsafe")]
    [InlineData("createContextualFragment")]
    [InlineData("parseFromString")]
    [InlineData("document.write")]
    [InlineData("srcdoc")]
    [InlineData("eval(")]
    [InlineData("new Function")]
    [InlineData("javascript:")]
    [InlineData("localStorage")]
    [InlineData("document.cookie")]
    public void No_file_makes_markup_or_code_of_text_or_keeps_the_key_for_longer(string word) =>
        Assert.DoesNotContain(Files, file => file.Value.Contains(word, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Only_one_file_makes_elements()
    {
        var others = Files.Where(file => file.Value.Contains("document.createElement", StringComparison.Ordinal)).Select(file => file.Key).ToList();
        // The other makes the link of a download, which is never shown.
        Assert.Equal(["api.js", "dom.js"], others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_has_no_inline_script_style_or_handler()
    {
        var page = Files["index.html"];
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)", page);
        Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=", page);
    }

    [Fact]
    public void Nothing_comes_from_elsewhere_and_all_that_is_named_is_there()
    {
        foreach (var (name, text) in Files)
        {
            Assert.DoesNotContain(Address().Matches(text), address => !address.Value.StartsWith("http://www.w3.org/", StringComparison.Ordinal));
            foreach (Match import in Import().Matches(text))
                Assert.Contains(new Uri(new Uri($"http://site/{name}"), import.Groups[1].Value).AbsolutePath[1..], Files.Keys);
        }

        Assert.All(Named().Matches(Files["index.html"]), file => Assert.Contains(file.Groups[1].Value, Files.Keys));
    }

    private static Dictionary<string, string> Read()
    {
        var assembly = typeof(CacheFunctionsServices).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith("site/", StringComparison.Ordinal)).ToDictionary(name => name["site/".Length..], Text);

        string Text(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }

    [GeneratedRegex("https?://[^\"'` )]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"from '([^']+)'")]
    private static partial Regex Import();

    [GeneratedRegex(@"(?:src|href)=""/dashboard/([^""]+)""")]
    private static partial Regex Named();
}
