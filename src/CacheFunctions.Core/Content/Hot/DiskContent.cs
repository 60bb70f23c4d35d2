using System.Buffers;
using CacheFunctions.Storage;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Content.Hot;

/// <summary>A file that holds, or will hold, the bytes of one key.</summary>
/// <param name="givenUp">Told that it will never be whole, and why; no error: nobody reads it any more.</param>
internal sealed class DiskContent(string path, long sizeBytes, Action<DiskContent, Exception?> givenUp) : IDisposable
{
    /// <summary>What lies no further away than this comes next: content may have a head that readers skip.</summary>
    public const int NearBytes = 4 << 10;

    private const int BlockBytes = 256 << 10;

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    private readonly TaskCompletionSource<bool> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _grown = new();
    private long _filledBytes;
    private int _readers = 1;
    private bool _isGivenUp;
    private bool _isDeleted;

    /// <summary>Whether storage has such content; fails as storage does.</summary>
    public Task<bool> Found => _found.Task;

    private bool IsWhole => Volatile.Read(ref _filledBytes) == sizeBytes;

    /// <summary>Each who joins must leave.</summary>
    /// <returns>Whether what lies at the offset is here, or comes next.</returns>
    public bool TryJoin(long offset)
    {
        lock (_lock)
        {
            if (_isGivenUp || _isDeleted || offset > Volatile.Read(ref _filledBytes) + NearBytes) return false;
            _readers++;
            return true;
        }
    }

    public void Leave()
    {
        bool isLeft, isOver;
        lock (_lock)
        {
            _readers--;
            isLeft = _readers == 0 && !IsWhole && !_isGivenUp;
            if (isLeft) _isGivenUp = true;
            isOver = IsOver;
        }

        // Nobody wants the rest.
        if (isLeft) _stop.Cancel();
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
    public void Dispose()
    {
        _file.Dispose();
        _stop.Dispose();
    }

    /// <summary>Begins to fill it; the storage transaction is the beginner's.</summary>
    public void Fill(ContentSource source) => _ = FillAsync(source);

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
            await grown.WaitAsync(cancellation);
        }
    }

    private bool IsOver => _isDeleted && _readers == 0 && (_isGivenUp || IsWhole);

    private async Task FillAsync(ContentSource source)
    {
        Exception? failure = null;
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            await using var content = await source.OpenAsync(0, null, _stop.Token);
            if (content is not null)
            {
                _found.TrySetResult(true);
                for (int read; !IsWhole && (read = await content.ReadAsync(buffer, _stop.Token)) > 0;)
                {
                    RandomAccess.Write(_file, buffer.AsSpan(0, read), _filledBytes);
                    Volatile.Write(ref _filledBytes, _filledBytes + read);
                    _grown.Tell();
                }

                if (!IsWhole) failure = new EndOfStreamException($"{source.Key.Name} has fewer bytes than the {sizeBytes} that are recorded.");
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (IsWhole) return;
        End(failure);
    }

    private void End(Exception? failure)
    {
        lock (_lock) _isGivenUp = true;
        if (failure is null) _found.TrySetResult(false);
        else if (_found.TrySetException(failure)) _ = _found.Task.Exception;
        _grown.Tell();
        givenUp(this, failure is OperationCanceledException ? null : failure);
    }
}
