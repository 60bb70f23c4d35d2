using System.Text;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The users of a snapshot under numbers of its own, counted from 0 in the order in which they are met, since those of
/// an instance mean nothing to another.
/// </summary>
internal static class SnapshotUsers
{
    /// <returns>The part with the users, and each row's set in its numbers.</returns>
    public static (byte[] Part, int[] Column) Write(ShardColumns columns, UserSets users)
    {
        var numbers = new Dictionary<int, int>();
        var column = new int[columns.Length];
        for (var row = 0; row < column.Length; row++)
        {
            if (!numbers.TryGetValue(columns.Users[row], out var number)) numbers.Add(columns.Users[row], number = numbers.Count);
            column[row] = number;
        }

        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(numbers.Count);
        foreach (var set in numbers.Keys)
        {
            var names = users.Users(set);
            writer.Write7BitEncodedInt(names.Count);
            foreach (var name in names) writer.Write(name);
        }

        writer.Flush();
        return (bytes.ToArray(), column);
    }

    /// <returns>From the snapshot's numbers of sets to this instance's.</returns>
    public static int[] Read(byte[] part, UserSets users)
    {
        using var reader = new BinaryReader(new MemoryStream(part), Encoding.UTF8);
        var sets = new int[reader.Read7BitEncodedInt()];
        for (var set = 0; set < sets.Length; set++)
        {
            var names = new string[reader.Read7BitEncodedInt()];
            for (var i = 0; i < names.Length; i++) names[i] = reader.ReadString();
            sets[set] = users.Of(names);
        }

        return sets;
    }
}
