namespace CacheFunctions.IntegrationTests.BadInput;

/// <param name="BreaksPath">No path of an origin may be this.</param>
/// <param name="BreaksText">Not even a name may be this.</param>
/// <param name="IsSecret">It must not be kept as somebody's name, or it would come back as one.</param>
/// <param name="LeadsOut">There is such a name in the origin, but nothing that may be opened.</param>
internal sealed record BadText(string Name, string Text, bool BreaksPath = false, bool BreaksText = false, bool LeadsOut = false, bool IsSecret = false);

/// <summary>Bad values that are texts, whatever the place they are written at demands of their spelling.</summary>
/// <param name="outside">A file outside the origin, by its full path on this machine.</param>
internal sealed class Texts(string outside)
{
    public IReadOnlyList<BadText> All { get; } =
    [
        new("outside, by its place on the machine", outside, BreaksPath: true, IsSecret: true),
        .. Escapes.Select(text => new BadText($"outside: {text}", text, BreaksPath: true)),
        .. Links.SelectMany(name => new[] { name, "/mnt/nas/" + name }).Select(
            text => new BadText($"link or no file: {text}", text, LeadsOut: true)),
        .. Controls.Select((text, i) => new BadText($"control character {i + 1}", text, BreaksPath: true, BreaksText: true)),
        .. Oddities.Select(text => new BadText($"odd: {text}", text)),
        new("3,000 characters", new string('a', 3_000), BreaksPath: true, BreaksText: true),
        new("3,000 characters in folders", string.Concat(Enumerable.Repeat("a/", 1_500)) + "a", BreaksPath: true, BreaksText: true),
        new("3,000 characters beneath the origin", "/mnt/nas/" + new string('a', 3_000), BreaksPath: true, BreaksText: true),
        new("100,000 characters", new string('a', 100_000), BreaksPath: true, BreaksText: true),
    ];

    private static string[] Escapes =>
    [
        "..", "../secret.txt", "../outside/secret.txt", "./../outside/secret.txt", "folder/../../outside/secret.txt", "folder/..",
        "../../../../../../../../etc/passwd", "/etc/passwd", "//etc/passwd", "/mnt/nas/../outside/secret.txt", "/mnt/nas/..",
        "/mnt/nas//etc/passwd", "/mnt/nas/./a.txt", "/mnt/nasty/a.txt", "/mnt/nas", "..\\secret.txt", "folder\\..\\..\\secret.txt",
        "..\\/secret.txt", "....//outside/secret.txt", "C:\\Windows\\win.ini", "C:/Windows/win.ini", "c:a.txt", "\\\\server\\share\\a.txt",
        "//server/share/a.txt", "\\\\?\\C:\\a.txt", "file:///etc/passwd", "folder//a.txt", "http://[::1]/a.txt",
    ];

    private static string[] Links => ["link-out", "link-relative", "folder-out", "folder-out/secret.txt", "folder-out/new.txt", "loop", "pipe", "socket"];

    private static string[] Controls =>
        ["a\0b.txt", "\0", "a.txt\0.png", "a\nb", "a\r\nX-Injected: 1", "a\tb", "a\u0001b", "a\u001b[31mb", "a\u007fb", "a\u0085b"];

    private static string[] Oddities =>
    [
        // Spelt for another place, these are plain names here; they must lead nowhere.
        "%2e%2e%2fsecret.txt", "..%2foutside%2fsecret.txt", "..%5csecret.txt", "%252e%252e%252fsecret.txt", "..%c0%afsecret.txt", "%00",
        "．．／secret.txt", "..∕secret.txt", "․․/secret.txt", "~/.ssh/id_rsa", "/", "$HOME/a.txt", "$(id)", "`id`", "{{7*7}}", "${jndi:ldap://x}",
        "' or '1'='1", "a'--", "<script>alert(1)</script>", "a;b|c&d", "*", "?", "#", "a#b?c", "%", "%n%s", " ", " a.txt ", "a.", "...",
        "CON", "NUL", "aux.txt", "com1", "PRN.", "a.txt:stream", "a.txt::$DATA", ".cachefunctions-1-x.part", "-rf",
        "\u202Egpj.exe", "a\u200Bb.txt", "a\u200D.txt", "\uFEFFa.txt", "e\u0301.txt", "a\u2028b", "\uFFFE", "\uFFFF", "\uFFFD", "😀", "ﷺ", "İıſ", "null", "undefined",
        "true", "-1", "0", "1e400", "NaN", "[]", "{}", "nas", "00000000000000000000000000000000", "zz00000000000000000000000000000000",
        "ff00000000000000000000000000000000", "0０000000000000000000000000000000000", "MQ", "Li4vLi4vZXRj", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "2e2e2f",
    ];
}
