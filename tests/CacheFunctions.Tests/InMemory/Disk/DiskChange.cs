namespace CacheFunctions.Tests.InMemory.Disk;

/// <summary>A name that now stands for something else.</summary>
/// <param name="Before">What stood there; null: nothing.</param>
/// <param name="After">What stands there now; null: nothing.</param>
/// <param name="Source">The name from which it came; null: it was made, removed or rewritten in place.</param>
/// <param name="ByStranger">Whether it happened behind the service's back.</param>
internal sealed record DiskChange(string Path, byte[]? Before, byte[]? After, string? Source, bool ByStranger);

internal enum RenameMode
{
    Replace,
    NoReplace,
    Exchange,
}

internal enum DiskResult
{
    Done,
    Exists,
    NoEntry,
}
