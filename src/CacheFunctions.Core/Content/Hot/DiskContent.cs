using System.Buffers;
using CacheFunctions.Storage;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Content.Hot;

/// <summary>
/// A file that holds, or will hold, the bytes of one key. While it has one reader, that one takes the bytes from storage and
/// leaves them here on the way, which costs it little; from the second on it fills itself, so that none waits for a slow one.
/// </summary>
/// <param name="givenUp">Told that it will never be whole; with the error when that is the disk's.</param>
internal sealed class DiskContent(string path, long sizeBytes, Action<DiskContent, IOException?> givenUp) : IDisposable
{
    private const int BlockBytes = 256 << 10;

    private readonly Lock _lock = new();
    // All of its room at once: each write takes half as long then.
    private readonly SafeFileHandle _file = File.OpenHandle(
        path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, preallocationSize: sizeBytes);
    private readonly TaskCompletionSource<bool> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _grown = new();
    private long _filledBytes;
    private Stream? _rest;
    private IOException? _failure;
    private int _readers = 1;
    private bool _hasFollowers;
    // Somebody asks storage: who begins it, its only reader, or itself.
    private bool _isBusy = true;
    private bool _isGivenUp;
    private bool _isDeleted;

    /// <summary>Whether storage has such content; fails as storage does.</summary>
    public Task<bool> Found => _found.Task;

    private bool IsWhole => Volatile.Read(ref _filledBytes) == sizeBytes;

    /// <summary>Each who joins must leave.</summary>
    /// <returns>Whether what lies at the offset is here, or comes next.</returns>
    public bool TryJoin(long offset)
    {
        bool isMine;
        lock (_lock)
        {
            if (_isGivenUp || _isDeleted || offset > Volatile.Read(ref _filledBytes) + ContentSource.NearBytes) return false;
            _readers++;
            _hasFollowers = true;
            isMine = TryBeBusy();
        }

        if (isMine) _ = GoOnAsync();
        return true;
    }

    public void Leave()
    {
        bool isLeft, isMine, isOver;
        lock (_lock)
        {
            _readers--;
            // Nobody wants the rest.
            isLeft = _readers == 0 && !IsWhole && !_isGivenUp;
            isMine = isLeft && TryBeBusy();
            _isGivenUp |= isLeft;
            isOver = IsOver;
        }

        if (isMine) _ = GoOnAsync();
        else if (isLeft) _stop.Cancel();
        if (isOver) Dispose();
    }

    /// <summary>Once no more is asked of it. Readers have it open.</summary>
    public void Delete()
    {
        bool isOver;
        lock (_lock)
        {
            if (_isDeleted) return;
            _isDeleted = true;
            isOver = IsOver;
        }

        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // Deleted with its folder when the process ends.
        }

        if (isOver) Dispose();
    }

    /// <summary>Once nobody reads or fills it any more.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Asks storage for it, once; the transaction is the beginner's.</summary>
    public void Begin(ContentSource source) => _ = BeginAsync(source);

    /// <summary>What is here at an offset; waits for it while it comes.</summary>
    /// <returns>How many bytes; 0: it will not come.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        while (true)
        {
            // Once it is whole nobody waits.
            var grown = IsWhole ? null : _grown.Next;
            var here = Volatile.Read(ref _filledBytes) - offset;
            // From the cache of pages, mostly; a thread's turn would cost more than the read.
            if (here > 0) return RandomAccess.Read(_file, buffer.Span[..(int)Math.Min(buffer.Length, here)], offset);
            if (grown is null || Volatile.Read(ref _isGivenUp)) return 0;
            if (!TryTake()) await grown.WaitAsync(cancellation);
            // What it skips was not asked for.
            else if (await TakeAsync(buffer, cancellation) is var read && here == 0) return read;
        }
    }

    private bool IsOver => _isDeleted && _readers == 0 && !_isBusy && (_isGivenUp || IsWhole);

    private async Task BeginAsync(ContentSource source)
    {
        try
        {
            _rest = await source.OpenAsync(0, null, _stop.Token);
            if (_rest is null) GiveUp();
            _found.TrySetResult(_rest is not null);
        }
        catch (Exception error)
        {
            GiveUp();
            if (_found.TrySetException(error)) _ = _found.Task.Exception;
        }

        await GoOnAsync();
    }

    /// <summary>Its only reader's next bytes.</summary>
    private async Task<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var read = await NextAsync(buffer, cancellation);
        _ = GoOnAsync();
        cancellation.ThrowIfCancellationRequested();
        return read;
    }

    private bool TryTake()
    {
        lock (_lock) return !_hasFollowers && TryBeBusy();
    }

    private bool TryBeBusy() => !_isBusy && !IsWhole && !_isGivenUp && (_isBusy = true);

    /// <summary>After each turn: what has followers is filled, and what is whole or given up is done with.</summary>
    private async Task GoOnAsync()
    {
        bool isDone;
        while (true)
        {
            bool isWanted;
            lock (_lock)
            {
                isDone = IsWhole || _isGivenUp;
                _isBusy = isWanted = _hasFollowers && !isDone;
            }

            // Its reader may have waited for the turn.
            _grown.Tell();
            if (!isWanted) break;
            await FillAsync();
        }

        if (isDone) await EndAsync();
    }

    /// <summary>Once, by whoever had the last turn.</summary>
    private async Task EndAsync()
    {
        if (_rest is not null) await _rest.DisposeAsync();
        if (!IsWhole) givenUp(this, _failure);
        bool isOver;
        lock (_lock) isOver = IsOver;
        if (isOver) Dispose();
    }

    private async Task FillAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (await NextAsync(buffer, _stop.Token) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>0: it is whole or given up. What the disk does not take any more was read all the same.</returns>
    private async Task<int> NextAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (IsWhole || Volatile.Read(ref _isGivenUp)) return 0;
        var read = 0;
        try
        {
            read = await _rest!.ReadAsync(buffer, cancellation);
        }
        catch (Exception)
        {
            // Readers go on from storage, and hear from it what is wrong.
        }

        if (read == 0 || !TryWrite(buffer.Span[..read])) GiveUp();
        return read;
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, _filledBytes);
        }
        catch (IOException error)
        {
            _failure = error;
            return false;
        }

        Volatile.Write(ref _filledBytes, _filledBytes + bytes.Length);
        _grown.Tell();
        return true;
    }

    private void GiveUp()
    {
        lock (_lock) _isGivenUp = true;
        _grown.Tell();
    }
}
