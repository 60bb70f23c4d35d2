using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>What an interrupted writer left is gone on with where it lies: its writer may still have it open.</summary>
internal sealed class ClaimedInPlace(MemoryDisk disk, Link link, int stepBytes)
    : MemoryOrigin(SimulatedService.OriginName, disk, link, stepBytes: stepBytes)
{
    public override Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var folder = staged.Path[..(staged.Path.LastIndexOf('/') + 1)];
        if (staged.Claimed is { } claimed)
            Disk.Rename(folder + StagedName.Left(claimed), folder + StagedName.Part(staged), RenameMode.Replace);
        return base.WriteAsync(staged, content, progress, cancellation);
    }
}
