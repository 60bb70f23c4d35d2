using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>A session's id: its shard in two hex digits, then 128 random bits.</summary>
public static class SessionId
{
    private const int Length = 2 + 32;

    public static string Mint(int shard, RandomIds ids) => Shard.Partition(shard) + ids.Next();

    /// <returns>Whether the text can be an id of this deployment; one that cannot is simply not found.</returns>
    public static bool TryGetShard(string id, int shardCount, out int shard)
    {
        shard = -1;
        if (id.Length != Length || id.Any(c => !char.IsAsciiHexDigitLower(c) && !char.IsAsciiDigit(c))) return false;
        shard = Convert.ToInt32(id[..2], 16);
        return shard < shardCount;
    }
}
