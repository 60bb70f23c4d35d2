using System.Globalization;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Simulation.Sessions.Work;

/// <summary>Who works on the NAS directly, behind the service's back.</summary>
internal sealed class Strangers(MemoryDisk disk, SimulatedWorld world)
{
    private int _count;

    /// <summary>Saves a new file in a path's place, deletes it, rewrites it where it lies, or only changes its mode.</summary>
    public void Act(string path)
    {
        var found = disk.Find(path);
        switch (world.Random.Next(10))
        {
            case 0 or 1 when found is not null:
                disk.Delete(path);
                break;
            case 2 when found is not null:
                disk.Touch(path);
                break;
            case 3 or 4 when found is not null:
                // Another length, as almost always: with the same length and time nothing but the change time could tell.
                disk.PutInPlace(path, Bytes(found.Bytes.Length + 1));
                break;
            case 5 or 6 when found is not null:
                // As copying with its times does: only the change time shows that this is another file.
                disk.Put(path, Bytes(found.Bytes.Length), found.Modified);
                break;
            default:
                Put(path);
                break;
        }
    }

    public void Put(string path) => disk.Put(path, Bytes(24 + world.Random.Next(3)));

    private byte[] Bytes(int length) =>
        Text.Bytes($"stranger's {(++_count).ToString(CultureInfo.InvariantCulture)}".PadRight(length, '.'));
}
