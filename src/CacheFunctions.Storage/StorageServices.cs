using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Events;
using CacheFunctions.Files;
using CacheFunctions.Settings;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Storage.Events;
using CacheFunctions.Storage.Origins;
using CacheFunctions.Storage.Records;
using CacheFunctions.Storage.Timers;
using CacheFunctions.Timers;
using CacheFunctions.Uploads;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.Storage;

/// <summary>Registers the stores and origins.</summary>
public static class StorageServices
{
    /// <exception cref="Errors.CacheException">A setting is wrong.</exception>
    public static IServiceCollection AddStorage(
        this IServiceCollection services, IConfiguration configuration, StorageSettings settings)
    {
        StorageAccount? account = null;
        var origins = OriginSettings.Read(configuration, () => account!);
        var containers = ContainerNames.Read(configuration);
        services.AddSingleton(provider => new StorageAccount(settings, provider.GetRequiredService<StorageTransactions>(), containers.Cache));
        services.AddSingleton<IRecordStore, TableRecordStore>();
        services.AddSingleton<IContentStore, BlobContentStore>();
        services.AddSingleton<IFileStore>(provider => new BlobFileStore(
            provider.GetRequiredService<StorageAccount>(), containers.Files, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IUploadStore, BlobUploadStore>();
        var cache = CacheStore.Read(configuration);
        services.AddKeyedSingleton(ContentName.Cache, (provider, _) =>
            cache.Contents(provider.GetRequiredService<IContentStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CacheContainer(
            cache.Directory is null ? provider.GetRequiredService<StorageAccount>().Container(ContentName.Cache).Uri : null));
        if (cache.Directory is not null) services.AddSingleton(provider => cache.Links(provider.GetRequiredService<TimeProvider>()));
        if (EventGridSettings.Read(new SettingsReader(configuration)) is { } topic)
            services.AddSingleton<IEventSink>(provider => new EventGridSink(topic, provider.GetRequiredService<StorageAccount>()));
        services.AddSingleton<ITimerState>(provider => new BlobTimerState(
            provider.GetRequiredService<StorageAccount>().Blobs.GetBlobContainerClient("system"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            account = provider.GetRequiredService<StorageAccount>();
            return origins;
        });
        return services;
    }
}
