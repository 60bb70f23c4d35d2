using CacheFunctions.Content;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;
using CacheFunctions.Tests.Simulation.Sessions.Rules;

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>
/// A bug built into the doubles of the stores or the disk, for the simulation to find. Each property wraps what an
/// instance is given; the one that is null stays sound.
/// </summary>
internal sealed record Plant
{
    /// <summary>No bug at all.</summary>
    public static Plant None { get; } = new();

    /// <summary>The rule by which it must be found; others are not looked at. null: all rules count.</summary>
    public IReadOnlyList<Rule>? Breaks { get; init; }

    /// <summary>Under which faults it shows, where that is rare, all files large; null: as the seed decides.</summary>
    public Faults? LargeUnder { get; init; }

    /// <summary>Around an instance's way to the records.</summary>
    public Func<IRecordStore, SimulatedWorld, TimeProvider, IRecordStore>? Records { get; init; }

    /// <summary>Around an instance's way to the contents.</summary>
    public Func<IContentStore, SimulatedWorld, IContentStore>? Contents { get; init; }

    public Func<SimulatedWorld, MemoryDisk>? Disk { get; init; }

    /// <summary>An instance's way to the disk, and how many bytes one step of it takes.</summary>
    public Func<MemoryDisk, Link, int, MemoryOrigin>? Origin { get; init; }
}
