namespace CacheFunctions.SelfHost.Azurite;

/// <summary>A file that one process at a time holds. The kernel lets go of it when that process dies, however it dies.</summary>
internal static class FileLock
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    /// <returns>The lock, held until it is disposed; null: another holds it.</returns>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }

    /// <param name="onWait">Called once, when another holds it.</param>
    public static async Task<IDisposable> TakeAsync(
        string path, Action onWait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryTake(path) is { } free) return free;
        onWait();
        while (true)
        {
            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(false);
            if (TryTake(path) is { } taken) return taken;
        }
    }
}
