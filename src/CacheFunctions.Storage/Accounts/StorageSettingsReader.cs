using Azure.Storage.Blobs;
using CacheFunctions.Settings;

namespace CacheFunctions.Storage.Accounts;

/// <summary>Reads the storage account's settings, which are the Functions host's own.</summary>
public static class StorageSettingsReader
{
    public const string Name = "AzureWebJobsStorage";

    /// <returns>null: none is set. A connection string is not looked at: see <see cref="Check"/>.</returns>
    /// <exception cref="Errors.CacheException">A setting is wrong or missing.</exception>
    public static StorageSettings? Read(SettingsReader read)
    {
        if (read.Text(Name) is { } connection) return new StorageSettings(connection);
        var account = read.Text($"{Name}:accountName");
        var blobs = read.Address($"{Name}:blobServiceUri") ?? Service(account, "blob");
        var tables = read.Address($"{Name}:tableServiceUri") ?? Service(account, "table");
        if (blobs is null && tables is null) return null;
        if (blobs is null) throw SettingsReader.Wrong($"{Name}__blobServiceUri", "is missing beside the table service's.");
        if (tables is null) throw SettingsReader.Wrong($"{Name}__tableServiceUri", "is missing beside the blob service's.");
        return new StorageSettings(
            null, blobs, tables, read.Text($"{Name}:credential"), read.Text($"{Name}:clientId"));
    }

    /// <summary>Checks a connection string by the storage library itself. The first in a process takes long, as it loads that.</summary>
    /// <exception cref="Errors.CacheException">It is none.</exception>
    public static void Check(StorageSettings settings)
    {
        if (settings.ConnectionString is not { } connection) return;
        try
        {
            _ = new BlobServiceClient(connection);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // Whoever reads the message must not see the key, so it does not repeat the value.
            throw SettingsReader.Wrong(
                Name, "is not a connection string of a storage account; it must be like AccountName=…;AccountKey=…, or UseDevelopmentStorage=true.");
        }
    }

    private static Uri? Service(string? account, string service) =>
        account is null ? null : new Uri($"https://{account}.{service}.core.windows.net");
}
