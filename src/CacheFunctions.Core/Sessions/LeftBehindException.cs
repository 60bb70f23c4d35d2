namespace CacheFunctions.Sessions;

/// <summary>
/// A write back whose deadline has passed still stands on the path. What must not happen beside it waits until it was
/// ended; see <see cref="WriteBack.EndingLeftBehindAsync"/>.
/// </summary>
internal sealed class LeftBehindException(PathLock pathLock) : Exception($"A write back of {pathLock.Path} was left behind.")
{
    public PathLock Lock { get; } = pathLock;
}
