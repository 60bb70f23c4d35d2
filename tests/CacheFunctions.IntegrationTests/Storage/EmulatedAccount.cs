using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.IntegrationTests.Storage;

/// <summary>An account of the emulator, which its tests share: each has tables and containers of its own.</summary>
public sealed class EmulatedAccount : IAsyncLifetime
{
    public StorageTransactions Transactions { get; } = new();

    public StorageAccount Account { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Account = new StorageAccount(new StorageSettings(await StorageEmulator.NewAccountAsync()), Transactions);

    public Task DisposeAsync() => Task.CompletedTask;
}
