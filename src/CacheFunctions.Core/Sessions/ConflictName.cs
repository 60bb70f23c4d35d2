using System.Globalization;
using System.Text;
using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Names of conflict copies: <c>report (conflict alice 2026-01-31 09.05.00).docx</c>.</summary>
public static class ConflictName
{
    public static string For(string path, string user, DateTimeOffset time, int attempt = 1)
    {
        var slash = path.LastIndexOf('/');
        var (folder, name) = (path[..(slash + 1)], path[(slash + 1)..]);
        var extension = Path.GetExtension(name);
        var mark = $" (conflict {Clean(user)} {time.UtcDateTime.ToString("yyyy-MM-dd HH.mm.ss", CultureInfo.InvariantCulture)}{(attempt > 1 ? $" {attempt}" : "")})";
        var stem = name[..^extension.Length];
        while (Encoding.UTF8.GetByteCount(stem + mark + extension) > PathRules.MaxNameBytes && stem.Length > 0)
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) && stem.Length > 1 ? 2 : 1)];
        return folder + stem + mark + extension;
    }

    /// <summary>A user's id is anything; a file name is not.</summary>
    private static string Clean(string user) =>
        string.Concat(user.Where(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '@').Take(40));
}
