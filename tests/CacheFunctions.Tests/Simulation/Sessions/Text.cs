using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>Contents that tell who wrote them, so that a message can say what it found.</summary>
internal static class Text
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Of(byte[]? bytes) => bytes is null ? "nothing" : $"'{Encoding.UTF8.GetString(bytes).TrimEnd('.')}'";

    /// <summary>Not by CopyToAsync, which would leave the simulation's thread.</summary>
    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        var copy = new MemoryStream();
        var buffer = new byte[256];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;) copy.Write(buffer, 0, count);
        return copy.ToArray();
    }

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
