using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>The temporary file is renamed before its content is durable.</summary>
internal sealed class NoFileSync(TimeProvider time) : MemoryDisk(time)
{
    public override void Sync(MemoryFile file)
    {
    }
}

/// <summary>The swap is told as done before the folder's change of names is durable.</summary>
internal sealed class NoFolderSync(TimeProvider time) : MemoryDisk(time)
{
    public override void SyncFolder()
    {
    }
}

/// <summary>The swap is a plain rename: what came between the last look and the rename is gone.</summary>
internal sealed class PlainRename(TimeProvider time) : MemoryDisk(time)
{
    public override DiskResult Rename(string from, string to, RenameMode mode) =>
        base.Rename(from, to, mode == RenameMode.Exchange ? RenameMode.Replace : mode);
}

/// <summary>A new file replaces what has come into its place meanwhile.</summary>
internal sealed class ReplacingRename(TimeProvider time) : MemoryDisk(time)
{
    public override DiskResult Rename(string from, string to, RenameMode mode) =>
        base.Rename(from, to, mode == RenameMode.NoReplace ? RenameMode.Replace : mode);
}

/// <summary>A take-over leaves the sleeper's temporary file where the sleeper finds it.</summary>
internal sealed class NoDisarming(TimeProvider time) : MemoryDisk(time)
{
    public override DiskResult Rename(string from, string to, RenameMode mode) =>
        to.EndsWith(".taken", StringComparison.Ordinal) ? DiskResult.NoEntry : base.Rename(from, to, mode);

    public override bool Remove(string path) => !path.EndsWith(".part", StringComparison.Ordinal) && base.Remove(path);
}

/// <summary>A version's mark leaves the change time out, and times can be set back.</summary>
internal sealed class NoChangeTime(TimeProvider time) : MemoryDisk(time)
{
    public override string Mark(DiskStat stat) => base.Mark(stat with { Changed = 0 });
}
