using System.Runtime.CompilerServices;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation;

/// <summary>
/// A store that fails as the real one does: before the effect, after it (the reply is lost), or so that the effect
/// comes late, after the caller was told of a failure. The client's own retries show as a second delivery.
/// </summary>
internal sealed class FaultyRecordStore(IRecordStore inner, SimulatedWorld world, double faults) : IRecordStore
{
    public async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        await PauseAsync();
        MayFail();
        return await inner.GetAsync(table, partition, key, cancellation);
    }

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await PauseAsync();
        MayFail();
        await foreach (var row in inner.QueryAsync(table, partition, range, take, cancellation)) yield return row;
    }

    public async Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        await PauseAsync();
        MayFail();
        if (Chance())
        {
            _ = LateAsync(table, partition, changes);
            throw CacheException.Unavailable("The request is still under way.");
        }

        await inner.CommitAsync(table, partition, changes, cancellation);
        // Delivered twice: the client's retry of a request whose first reply was lost.
        if (Chance()) await inner.CommitAsync(table, partition, changes, cancellation);
        MayFail();
        await PauseAsync();
    }

    private async Task LateAsync(string table, string partition, IReadOnlyList<RowChange> changes)
    {
        await Task.Delay(TimeSpan.FromSeconds(world.Random.Next(30)), world.Time);
        try
        {
            await inner.CommitAsync(table, partition, changes, CancellationToken.None);
        }
        catch (RowConflictException)
        {
            // As the service would have answered; nobody listens.
        }
    }

    private async Task PauseAsync()
    {
        for (var i = world.Random.Next(4); i > 0; i--) await Task.Yield();
    }

    private bool Chance() => world.Random.NextDouble() < faults;

    private void MayFail()
    {
        if (Chance()) throw CacheException.Unavailable("Storage did not answer.");
    }
}
