using System.Runtime.InteropServices;

namespace CacheFunctions.Directories.Simulating;

/// <summary>What was read of one directory in one window of the trace. Little endian, as it is stored.</summary>
/// <param name="Key">The first bytes of the directory's id.</param>
/// <param name="Count">How many files were asked for, there or not.</param>
/// <param name="SizeBytes">The whole directory's size; 0: not known, since it is not there.</param>
/// <param name="ReadBytes">Of the files that were served.</param>
/// <param name="LastAt">In ticks of UTC.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SampledAccess(ulong Key, int Count, long SizeBytes, long ReadBytes, long LastAt)
{
    public const int Length = 36;

    public SampledAccess With(SampledAccess later) => new(
        Key, (int)Math.Min((long)Count + later.Count, int.MaxValue), later.SizeBytes > 0 ? later.SizeBytes : SizeBytes, ReadBytes + later.ReadBytes, Math.Max(LastAt, later.LastAt));
}

/// <summary>What one instance recorded in one window.</summary>
/// <param name="Rate">Which share of the directories it recorded, chosen by a hash of their keys.</param>
/// <param name="Accesses">Of all directories, recorded or not.</param>
/// <param name="Bytes">The same.</param>
internal sealed record TraceWindow(double Rate, long Accesses, long Bytes, IReadOnlyList<SampledAccess> Sampled);
