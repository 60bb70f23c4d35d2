using System.Security.Cryptography;

namespace CacheFunctions.Security;

/// <summary>
/// Where ids and names come from: nobody can guess one, and none comes twice. Like the time it comes in from outside,
/// so that a simulation can replay; whoever names no other source has the secure one.
/// </summary>
public class RandomIds
{
    /// <summary>From the operating system's cryptographic source.</summary>
    public static RandomIds Secure { get; } = new();

    /// <returns>128 random bits as 32 lower-case hex digits.</returns>
    public virtual string Next() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
