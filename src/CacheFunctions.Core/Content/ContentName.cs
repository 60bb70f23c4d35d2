using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Security;

namespace CacheFunctions.Content;

/// <summary>Names of content that this service mints.</summary>
public static class ContentName
{
    private const int HexLength = 32;

    public const string Sessions = "sessions";

    /// <summary>Cached files' contents, unless S3_CACHE_BUCKET names another container.</summary>
    public const string Cache = "cache";

    public const string System = "system";

    public const string Directories = "directories";

    /// <summary>The file manager's files, unless APP_BUCKET names another container.</summary>
    public const string Files = "files";

    /// <summary>What was uploaded straight to storage, until it is committed as a file.</summary>
    public const string Uploads = "uploads";

    /// <summary>128 random bits, so that no name is ever used twice and a late delete can hit nothing new.</summary>
    public static string Mint(string owner, RandomIds ids) => $"{owner}/{ids.Next()}";

    /// <summary>As unique as its seed, and the same whenever it is asked for.</summary>
    public static string Derived(string owner, string seed) =>
        $"{owner}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16))}";

    /// <summary>Whether the name may be one of this service's: an owner and 128 bits.</summary>
    public static bool IsMinted(string name) =>
        name.IndexOf('/') is > 0 and var slash && name.Length == slash + 1 + HexLength && name.Skip(slash + 1).All(char.IsAsciiHexDigitLower);
}
