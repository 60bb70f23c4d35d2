namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>In the middle of which work a kill hits.</summary>
internal enum Moment
{
    /// <summary>A save's body is being sent.</summary>
    Saving,

    /// <summary>A save was just acknowledged.</summary>
    Saved,

    /// <summary>A temporary file is being written.</summary>
    Writing,

    /// <summary>A temporary file is complete.</summary>
    Ready,

    /// <summary>It has just taken the file's place.</summary>
    Swapped,

    /// <summary>A job reads a large file.</summary>
    Copying,

    /// <summary>A job writes a large file's temporary file.</summary>
    WritingLarge,
}

/// <summary>Tells when a moment has come, from what is seen in the origin's folder and what clients say.</summary>
internal sealed class KillMoments : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileSystemWatcher _watcher;
    private Moment _awaited;
    private int _left;
    private TaskCompletionSource _come = new();

    public KillMoments(string folder)
    {
        _watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.LastAccess,
        };
        _watcher.Changed += (_, change) => Changed(change.Name ?? "");
        _watcher.Renamed += (_, rename) =>
        {
            if (rename.Name!.EndsWith(".ready", StringComparison.Ordinal)) Signal(Moment.Ready);
            else if (rename.OldName!.EndsWith(".ready", StringComparison.Ordinal) && !IsTemporary(rename.Name!)) Signal(Moment.Swapped);
        };
        _watcher.EnableRaisingEvents = true;
    }

    /// <param name="count">The how manieth of them; a file is written, and a body sent, in many steps.</param>
    public Task NextAsync(Moment moment, int count)
    {
        lock (_lock)
        {
            (_awaited, _left) = (moment, count);
            _come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _come.Task;
        }
    }

    public void Signal(Moment moment)
    {
        lock (_lock)
            if (moment == _awaited && --_left == 0) _come.TrySetResult();
    }

    public void Dispose() => _watcher.Dispose();

    private void Changed(string name)
    {
        if (name.EndsWith(".part", StringComparison.Ordinal)) Signal(IsLarge(name) ? Moment.WritingLarge : Moment.Writing);
        else if (IsLarge(name) && !IsTemporary(name)) Signal(Moment.Copying);
    }

    private static bool IsLarge(string name) => name.StartsWith(LargeWork.Folder, StringComparison.Ordinal);

    private static bool IsTemporary(string name) => name.Contains(".cachefunctions-", StringComparison.Ordinal);
}
