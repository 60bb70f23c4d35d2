using System.Security.Cryptography;

namespace CacheFunctions.Content;

/// <summary>Names of content that this service mints.</summary>
public static class ContentName
{
    public const string Sessions = "sessions";

    /// <summary>128 random bits, so that no name is ever used twice and a late delete can hit nothing new.</summary>
    public static string Mint(string owner) => $"{owner}/{Random128()}";

    public static string Random128() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
