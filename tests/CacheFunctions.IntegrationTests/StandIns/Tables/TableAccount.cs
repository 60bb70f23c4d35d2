using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

/// <summary>A fresh account on the emulator for one test class.</summary>
public sealed class TableAccount : IAsyncLifetime
{
    private int _tables;

    public string ConnectionString { get; private set; } = "";

    public TableServiceClient Service { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        ConnectionString = await StorageEmulator.NewAccountAsync();
        Service = new(ConnectionString);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public async Task<TableClient> NewTableAsync(TableClientOptions? options = null)
    {
        var table = new TableClient(ConnectionString, $"table{Interlocked.Increment(ref _tables)}", options);
        await table.CreateAsync();
        return table;
    }
}
