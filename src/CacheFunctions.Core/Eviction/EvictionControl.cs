using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Eviction;

/// <summary>
/// The control row of a cache's evictions, in table "control": which instance evicts at the moment, and what its policy
/// remembers. Two instances that both believe in the lease cost double work and nothing else, since every eviction is
/// decided anew in its own transaction.
/// </summary>
internal sealed class EvictionControl(IRecordStore store, string cache, TimeProvider time)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Table = "control";
    private const string Key = "control";
    private const int Attempts = 3;

    private readonly string _partition = "eviction-" + cache;
    private readonly string _owner = RandomIds.Secure.Next();

    /// <summary>Two storage transactions. This instance may take its own lease again: a lost reply leaves none in the way.</summary>
    /// <returns>null: another instance has it.</returns>
    public async Task<EvictionLease?> TryTakeAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var row = await ReadAsync(cancellation);
            if (row is not null && row.Values.Text("owner") is { } owner && owner != _owner && row.Values.RequiredTime("until") > time.GetUtcNow()) return null;
            var remembered = row?.Values.Text("remembered");
            if (await TryWriteAsync(row, _owner, remembered)) return new EvictionLease(this, remembered);
        }

        return null;
    }

    /// <summary>What the policy remembers, whoever has the lease.</summary>
    public async Task<string?> RememberedAsync(CancellationToken cancellation) => (await ReadAsync(cancellation))?.Values.Text("remembered");

    /// <summary>Writes while the lease is this instance's.</summary>
    /// <param name="keep">Whether the lease goes on; else it ends at once.</param>
    /// <returns>Whether it was; false: another instance has taken it, and nothing was written.</returns>
    internal async Task<bool> WriteAsync(string? remembered, bool keep)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await ReadAsync(CancellationToken.None) is not { } row || row.Values.Text("owner") != _owner) return false;
            if (await TryWriteAsync(row, keep ? _owner : null, remembered)) return true;
        }

        return false;
    }

    private Task<Row?> ReadAsync(CancellationToken cancellation) => store.GetAsync(Table, _partition, Key, cancellation);

    private async Task<bool> TryWriteAsync(Row? read, string? owner, string? remembered)
    {
        var values = new RowValues
        {
            { "schema", 1 }, { "owner", owner }, { "until", time.GetUtcNow() + Lease }, { "remembered", remembered },
        };
        try
        {
            await store.CommitAsync(
                Table, _partition, [read is null ? RowChange.Insert(Key, values) : RowChange.Replace(read, values)], CancellationToken.None);
            return true;
        }
        catch (RowConflictException)
        {
            // Another instance, or the own write whose reply was lost: the row tells.
            return false;
        }
    }
}

/// <summary>The right to evict, for a minute from its last renewal.</summary>
internal sealed class EvictionLease(EvictionControl control, string? remembered)
{
    /// <summary>What the policy asked to be remembered; null: nothing.</summary>
    public string? Remembered { get; set; } = remembered;

    /// <returns>Whether it is still this instance's.</returns>
    public Task<bool> RenewAsync() => control.WriteAsync(Remembered, keep: true);

    /// <summary>Lets another instance evict at once.</summary>
    public Task ReleaseAsync() => control.WriteAsync(Remembered, keep: false);
}
